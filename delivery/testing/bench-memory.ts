import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { createLog } from '../../lib/log.ts'
import { loadConfig } from '../config.ts'
import { createIntake } from '../intake.ts'
import { createMetrics } from '../metrics.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { createReceiver } from '../receiver/app.ts'
import { createLive } from '../wiring/live.ts'
import { measured } from '../wiring/measured.ts'
import { createObserver } from '../wiring/observe.ts'
import { createServers } from '../wiring/servers.ts'

// For `./fairlead bench delivery`: the receiver of delivery.ts with everything around it, over an outbox without a disk.

const { env } = process
const now = Date.now
const { settings } = loadConfig(env)
const { log } = createLog({ name: 'bench-memory', level: 'info' })
const metrics = createMetrics({ version: 'bench', revision: 'bench' })
const observer = createObserver(metrics)
const live = createLive(settings, env, { log, now })
let sequence = 0
// It keeps nothing, as a process with a ledger does: what is kept costs the garbage collector as much as a disk.
const outbox: Pick<Outbox, 'append' | 'readState' | 'listState'> = {
  append: async ({ messages }) => messages.map(({ id }) => ({ id, sequence: ++sequence, duplicate: false })),
  readState: async () => undefined,
  listState: async () => [],
}
const intake = createIntake({
  outbox: measured(outbox as Outbox, metrics), // a receiver asks for no more than these three
  rules: () => live.rules,
  episodes: { windowMs: settings.episodes.window, maxAgeMs: settings.episodes.maxAge },
  ...{ now, log, random: randomBytes, wake: () => {}, onFate: observer.onFate },
})
void intake.run(new AbortController().signal) // as in the background of the real one
const receiver = createReceiver({ sources: () => live.sources, intake, now, log, onReception: observer.onReception })
const main = new Hono().get('/healthz', c => c.text('ok')).route('/', receiver)
await createServers({ main, own: new Map() }, () => false).listen(Number(env.PORT), env.HOST)
