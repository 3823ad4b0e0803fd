import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { type Config, ConfigError, levelOf, loadSettings } from './config.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createApps } from './http.ts'
import { createIntake } from './intake.ts'
import { createMetrics } from './metrics.ts'
import { createPoint, type Faults } from './outbox/points.ts'
import { createReceiver } from './receiver/app.ts'
import { createStorageMonitor } from './upkeep/storage.ts'
import { runBackground } from './wiring/background.ts'
import { parkBroken } from './wiring/destinations.ts'
import { limited } from './wiring/limited.ts'
import { createLive, needsRestart } from './wiring/live.ts'
import { measured } from './wiring/measured.ts'
import { createObserver } from './wiring/observe.ts'
import { openOutbox } from './wiring/outbox.ts'
import type { Role } from './wiring/roles.ts'
import { createServers } from './wiring/servers.ts'
import { createStatus } from './wiring/status.ts'
import { shareTime } from './wiring/stop-budget.ts'

export type DeliveryOptions = {
  config: Config
  /** For secrets and for the file of a reload, which are read when they are needed. */
  env: NodeJS.ProcessEnv
  roles: readonly Role[]
  log: Logger
  faults?: Faults
  now?: () => number
}

/** With several replicas, episodes that one of them left behind are found by another. */
const RELIST_MS = 60_000

/** Everything wired together; `start` opens the ports, `stop` closes in order and is called once. */
export async function createDelivery(options: DeliveryOptions) {
  const { config, env, roles, log, faults = {}, now = Date.now } = options
  const budget = shareTime(config.env)
  const point = createPoint(faults)
  const metrics = createMetrics({ version: packageJson.version, revision: config.env.REVISION })
  const observer = createObserver(metrics)
  const tools = { log, now, onQuota: observer.onQuota }
  const ending = new AbortController()
  const stopDispatching = new AbortController()
  let draining = false
  let configProblem: string | undefined
  let live = createLive(config.settings, env, tools)
  observer.onSources(live.sources)

  const {
    outbox: plain,
    kind,
    folder,
    prepare,
  } = await openOutbox({
    postgres: config.env.postgres,
    path: config.env.OUTBOX_PATH,
    maxBytes: config.settings.storage.maxSize,
    ...{ faults, log, now },
    onSetAside: () => metrics.setAside.inc(),
    onCommit: messages => metrics.commitMessages.observe(messages),
  })
  const storage = createStorageMonitor({ outbox: plain, folder, settings: () => live.settings.storage, log })
  const outbox = measured(kind === 'postgres' ? limited(plain, storage) : plain, metrics)
  const dispatcher = roles.includes('dispatcher') ? dispatch() : undefined
  const wake = () => dispatcher?.wake()
  const intake = createIntake({
    outbox,
    rules: () => live.rules,
    episodes: { windowMs: config.settings.episodes.window, maxAgeMs: config.settings.episodes.maxAge },
    ...{ now, random: randomBytes, wake, log },
    onFate: observer.onFate,
    ...(kind === 'postgres' && { relistMs: RELIST_MS }),
  })
  const status = createStatus({
    ...{ outbox, now, storage: storage.state, live: () => live, isDraining: () => draining },
    attempts: () => dispatcher?.health() ?? [],
    configProblem: () => configProblem,
  })

  const accept: typeof intake.accept = async (events, once) => {
    point('after-accept')
    return intake.accept(events, once)
  }
  const receiver = roles.includes('receiver')
    ? createReceiver({ sources: () => live.sources, intake: { accept }, now, log, onReception: observer.onReception })
    : undefined

  async function scrape(accepts: string | undefined) {
    const { ledger, destinations, counts } = await status.look()
    metrics.outboxWritable.set(ledger.writable ? 1 : 0)
    metrics.episodes.set(intake.open())
    if (ledger.writable) observer.onDestinations(destinations, counts)
    else metrics.scrapeErrors.inc()
    return metrics.scrape(accepts)
  }

  const { metrics: served, probes } = config.settings
  const apps = createApps({
    api: {
      ...{ outbox, now, wake, log, token: config.env.DELIVERY_API_TOKEN },
      destinations: async () => (await status.look()).destinations,
    },
    health: { readiness: status.readiness, probes },
    metrics: { enabled: served.enabled, path: served.path, port: served.port, scrape },
    probesPort: probes.port,
    ...{ receiver, log, port: config.env.PORT },
  })
  const servers = createServers(apps, () => draining)
  const tasks: Promise<void>[] = []

  function dispatch(): Dispatcher {
    const { poll, batch, lease } = config.settings.dispatcher
    return createDispatcher({
      ...{ outbox, log, now, pollMs: poll, batch, leaseMs: lease, drainMs: budget.dispatcherMs },
      destinations: live.destinations,
      signal: stopDispatching.signal,
      hooks: { onAttempt: observer.onAttempt, onPoint: point },
    })
  }

  async function park() {
    try {
      await parkBroken(outbox, live.destinations, now())
    } catch (error) {
      log.warn({ err: error }, 'destinations that cannot work could not be parked yet')
    }
  }

  return {
    metrics,
    outbox,
    async start(): Promise<{ port: number; ports: number[] }> {
      const ports = await servers.listen(config.env.PORT, config.env.HOST)
      const background = { outbox, now, log, observer, storage, park, prepare, settings: () => live.settings }
      tasks.push(runBackground({ ...background, dispatcher, intake: receiver && intake, signal: ending.signal }))
      return ports
    },
    /** Reads secrets and the file again. A mistake keeps everything as it was; nothing that is on disk is touched. */
    async reload(): Promise<void> {
      try {
        const settings = loadSettings(env)
        const fixed = needsRestart(live.settings, settings)
        live = createLive(settings, env, tools)
        observer.onSources(live.sources)
        log.level = levelOf({ ...config, settings })
        dispatcher?.update(live.destinations)
        await park()
        configProblem = undefined
        observer.onReload('ok')
        log.info({ destinations: Object.keys(settings.destinations) }, 'the configuration was read again')
        if (fixed.length > 0) log.warn({ settings: fixed }, 'these settings change only with a restart')
      } catch (error) {
        configProblem = error instanceof Error ? error.message : String(error)
        observer.onReload('failed')
        const told = error instanceof ConfigError ? { mistakes: error.mistakes } : { err: error }
        log.error(told, 'the configuration cannot be read again; the old one stays in force')
      }
    },
    async stop(): Promise<void> {
      draining = true
      const { graceMs, httpMs } = budget
      const cut = await servers.drain(graceMs, performance.now() + httpMs)
      if (cut > 0) log.warn({ connections: cut }, 'connections were cut: their requests took too long')
      stopDispatching.abort()
      ending.abort()
      await Promise.all(tasks)
      await plain.close()
    },
  }
}
