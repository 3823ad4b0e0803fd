import { setTimeout as delay } from 'node:timers/promises'
import { EnvError } from '../lib/env.ts'
import { firstSignal } from '../lib/first-signal.ts'
import { listen } from '../lib/http-server.ts'
import { createLog } from '../lib/log.ts'
import { type Config, loadConfig } from './config.ts'
import { name } from './name.ts'
import { createService } from './service.ts'
import { activeTrace } from './tracing.ts'

/** How long the end waits for somebody to read the last lines. */
const LOG_READER_MS = 1000

const config = configOrExit()
const { log, flush, close } = createLog({ name, level: config.LOG_LEVEL, traceIds: activeTrace })
process.on('uncaughtException', error => exit(1, error)) // unhandled rejections arrive here, too
const stopping = firstSignal(exit)
const service = createService(config, log)
try {
  const port = await listen(service.server, config.PORT, config.HOST)
  log.info({ port, environment: config.ENVIRONMENT, database: config.postgres !== undefined }, 'listening')
} catch (error) {
  exit(1, error)
}
log.info({ signal: await stopping }, 'draining')
await service.stop()
log.info('stopped')
await Promise.race([close(), delay(LOG_READER_MS)])
process.exit(0)

function configOrExit(): Config {
  try {
    return loadConfig(process.env)
  } catch (error) {
    if (!(error instanceof EnvError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

function exit(code: number, error?: unknown): never {
  if (error !== undefined) log.fatal({ err: error }, 'the process ends')
  flush()
  process.exit(code)
}
