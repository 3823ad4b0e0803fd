import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { createLog } from '../../lib/log.ts'
import { keepOutput, type Line } from '../../lib/test-process.ts'
import { levelOf, loadConfig } from '../config.ts'
import { createDelivery } from '../delivery.ts'
import type { Readiness } from '../health.ts'
import type { Role } from '../wiring/roles.ts'
import { fluxEvent } from './flux-event.ts'
import { temporaryFolder } from './process.ts'

export const TOKEN = 's3cr3t-inbound-0001'
export const API_TOKEN = 's3cr3t-operator-token-0001'
export const authorization = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
export const operator = { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' }

export type Options = {
  env?: Record<string, string>
  /** The text of the configuration file. */
  file?: string
  roles?: readonly Role[]
  now?: () => number
}

/** The whole delivery plane in this process, on a free port and a SQLite file of its own, stopped when the test ends. */
export async function startDelivery(
  t: TestContext,
  { env: more = {}, file, roles = ['receiver', 'dispatcher'], now = Date.now }: Options,
) {
  const folder = temporaryFolder(t)
  const configFile = join(folder, 'delivery.yaml')
  if (file !== undefined) writeFileSync(configFile, file)
  const env = {
    ...{ HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '0', SHUTDOWN_TIMEOUT_MS: '4000' },
    ...{ OUTBOX_PATH: join(folder, 'outbox.db'), WEBHOOK_TOKEN: TOKEN, DELIVERY_API_TOKEN: API_TOKEN },
    ...(file !== undefined && { DELIVERY_CONFIG: configFile }),
    ...more,
  }
  const lines: Line[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      keepOutput(chunk.toString())
      lines.push(JSON.parse(chunk.toString()) as Line)
      done()
    },
  })
  const config = loadConfig(env)
  const { log } = createLog({ name: 'test', level: levelOf(config), destination })
  const delivery = await createDelivery({ config, env, roles, log, now })
  const { port, ports } = await delivery.start()
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= delivery.stop()
    return stopped
  }
  t.after(stop)
  const url = `http://127.0.0.1:${port}`
  return {
    ...{ delivery, url, port, ports, lines, folder, stop, configFile },
    reload: (text: string) => {
      writeFileSync(configFile, text)
      return delivery.reload()
    },
    /** Posts one event of Flux and answers what came back. */
    post: (fields: Record<string, unknown> = {}, headers: Record<string, string> = authorization) =>
      fetch(`${url}/webhook`, { method: 'POST', headers, body: JSON.stringify(fluxEvent(fields)) }),
    api: async (path: string, body?: unknown) => {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const response = await fetch(`${url}/api${path}`, { headers: operator, ...init })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> } // always an object
    },
    ready: async () => (await (await fetch(`${url}/ready`)).json()) as Readiness, // as health.ts answers
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
  }
}

/** Asks again until the answer fits; the test's own limit ends it when it never does. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
