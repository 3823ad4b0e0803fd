import type { Logger } from 'pino'
import { firstSignal } from '../lib/first-signal.ts'
import { listen } from '../lib/http-server.ts'
import { createLog } from '../lib/log.ts'
import { ConfigError, levelOf, loadConfig } from './config.ts'
import { createDelivery } from './delivery.ts'
import { createTestEndpoint, parseEndpoint, WrongOption } from './test-endpoint.ts'
import { faultsOf } from './wiring/faults.ts'
import { rolesOf, WrongRole } from './wiring/roles.ts'

const [first, ...rest] = process.argv.slice(2)
if (first === 'test-endpoint') await serveTestEndpoint(rest)
else await deliver(process.argv.slice(2))

async function deliver(words: string[]): Promise<void> {
  const roles = orExit(2, WrongRole, () => rolesOf(words))
  const config = orExit(1, ConfigError, () => loadConfig(process.env))
  const { log, flush } = createLog({ name: 'fairlead-delivery', level: levelOf(config) })
  const exit = (code: number, error?: unknown) => end(log, flush, code, error)
  process.on('uncaughtException', error => exit(1, error)) // unhandled rejections arrive here, too
  const stopping = firstSignal(exit)
  try {
    const delivery = await createDelivery({ config, env: process.env, roles, log, faults: faultsOf(process.env) })
    process.on('SIGHUP', () => void delivery.reload())
    const opened = await delivery.start()
    log.info({ ...opened, roles, outbox: config.env.postgres ? 'postgres' : 'sqlite' }, 'listening')
    log.info({ signal: await stopping }, 'draining')
    const late = new Error('SHUTDOWN_TIMEOUT_MS is over, and not everything could be closed in order')
    setTimeout(exit, config.env.SHUTDOWN_TIMEOUT_MS, 1, late).unref()
    await delivery.stop()
  } catch (error) {
    exit(1, error)
  }
  log.info('stopped')
  exit(0)
}

async function serveTestEndpoint(args: string[]): Promise<void> {
  const { host, port, ...options } = orExit(2, WrongOption, () => parseEndpoint(args))
  const print = (line: string) => void process.stdout.write(`${line}\n`)
  const server = createTestEndpoint({ ...options, random: Math.random, print })
  print(`test endpoint (${options.mode}): http://${host}:${await listen(server, port, host)}/`)
  process.on('disconnect', () => process.exit(143)) // who started us is gone
  // Process 1 of a container does not end by a signal that it does not handle.
  process.on('SIGTERM', () => process.exit(143))
  process.on('SIGINT', () => process.exit(130))
}

/** Mistakes of whoever starts us are told without a stack. */
function orExit<T>(code: number, expected: new (...args: never[]) => Error, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof expected)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(code)
  }
}

function end(log: Logger, flush: () => void, code: number, error: unknown): never {
  if (error !== undefined) log.fatal({ err: error }, 'the process ends')
  flush()
  process.exit(code)
}
