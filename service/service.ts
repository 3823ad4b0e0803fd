import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { drain } from '../lib/drain.ts'
import { createHttpServer } from '../lib/http-server.ts'
import packageJson from '../package.json' with { type: 'json' }
import { createAccessLog } from './access-log.ts'
import { type AppEnv, createApp } from './app.ts'
import type { Config } from './config.ts'
import { connect, noDatabase } from './database.ts'
import { createEdge } from './edge.ts'
import { createFlags } from './flags.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { name } from './name.ts'
import { traceExchange } from './trace-exchange.ts'
import { createTracing, type Tracing } from './tracing.ts'

/** Kept back from the shutdown time for closing the pool and flushing traces. */
const LAST_STEPS_MS = 3000

export type Service = {
  app: Hono<AppEnv>
  server: Server
  metrics: Metrics
  tracing: Tracing
  stop: () => Promise<void>
}

/** Everything wired together, not yet listening. `stop` drains; it is called once and never rejects for a remote's sake. */
export function createService(config: Config, log: Logger): Service {
  let draining = false
  const isDraining = () => draining
  const metrics = createMetrics({ version: packageJson.version, revision: config.REVISION })
  const flags = createFlags({ config, log, onEvaluation: metrics.flagEvaluated })
  const tracing = createTracing({ config, version: packageJson.version, log })
  const database = config.postgres
    ? connect(config.postgres, {
        poolSize: config.DATABASE_POOL_SIZE,
        timeoutMs: config.DATABASE_TIMEOUT_MS,
        applicationName: name,
      })
    : noDatabase
  metrics.watchPool(database.pool)

  const app = createApp({ config, database, flags, metrics, log, isDraining })
  const ended = createAccessLog({ log, sample: config.ACCESS_LOG_SAMPLE })
  const traced = traceExchange(tracing)
  const edge = createEdge(
    { app, environment: config.ENVIRONMENT, flags, metrics, isDraining, ended, traced },
    getRequestListener(app.fetch),
  )
  const server = createHttpServer(edge, { requestTimeoutMs: config.REQUEST_TIMEOUT_MS })

  const followTracingFlag = () => {
    if (flags.mayBeOn('tracing_enabled')) tracing.start()
  }
  flags.onChange(followTracingFlag)
  void tracing.ready().then(
    () => log.info({ endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT }, 'tracing runs'),
    () => {}, // told by tracing.ts
  )
  followTracingFlag()

  return {
    app,
    server,
    metrics,
    tracing,
    async stop() {
      draining = true
      const deadline = performance.now() + config.SHUTDOWN_TIMEOUT_MS
      const lastSteps = Math.min(LAST_STEPS_MS, (config.SHUTDOWN_TIMEOUT_MS - config.SHUTDOWN_GRACE_MS) / 2)
      const cut = await drain(server, config.SHUTDOWN_GRACE_MS, deadline - lastSteps)
      if (cut > 0)
        log.warn({ connections: cut }, 'connections were cut: their requests took longer than SHUTDOWN_TIMEOUT_MS')
      await database.end(lastSteps / 2)
      await flags.close()
      await tracing.shutdown(lastSteps / 2) // last: the spans of everything above
    },
  }
}
