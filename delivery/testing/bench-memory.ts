import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { createLog } from '../../lib/log.ts'
import { loadConfig } from '../config.ts'
import { createIntake } from '../intake.ts'
import { createMetrics } from '../metrics.ts'
import { createReceiver } from '../receiver/app.ts'
import { createLive } from '../wiring/live.ts'
import { measured } from '../wiring/measured.ts'
import { createObserver } from '../wiring/observe.ts'
import { createServers } from '../wiring/servers.ts'
import { memoryOutbox } from './memory-outbox.ts'

// For `./fairlead bench delivery`: the receiver of delivery.ts with everything around it, over an outbox without a disk.

const { env } = process
const now = Date.now
const { settings } = loadConfig(env)
const { log } = createLog({ name: 'bench-memory', level: 'info' })
const metrics = createMetrics({ version: 'bench', revision: 'bench' })
const observer = createObserver(metrics)
const live = createLive(settings, env, { log, now })
const memory = memoryOutbox().outbox
const missing = () => Promise.reject(new Error('a receiver asks an outbox only for what it needs to write'))
const rest = new Proxy({}, { get: () => missing })
const intake = createIntake({
  // The rest is for dispatchers and operators, of whom there are none.
  outbox: measured(Object.assign(Object.create(rest), memory), metrics),
  rules: () => live.rules,
  episodes: { windowMs: settings.episodes.window, maxAgeMs: settings.episodes.maxAge },
  ...{ now, log, random: randomBytes, wake: () => {}, onFate: observer.onFate },
})
const receiver = createReceiver({ sources: () => live.sources, intake, now, log, onReception: observer.onReception })
const main = new Hono().get('/healthz', c => c.text('ok')).route('/', receiver)
await createServers({ main, own: new Map() }, () => false).listen(Number(env.PORT), env.HOST)
