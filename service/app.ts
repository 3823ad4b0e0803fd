import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Logger } from 'pino'
import { problem } from '../lib/problem.ts'
import { adminFlagRoutes } from './admin-flags.ts'
import type { Config } from './config.ts'
import { type Database, DatabaseUnavailable } from './database.ts'
import type { Flags } from './flags.ts'
import { healthRoutes } from './health.ts'
import { BadInput } from './input.ts'
import type { Metrics } from './metrics.ts'
import { metricsRoutes } from './metrics-route.ts'
import { allowedMethods } from './routes.ts'
import { recordException } from './tracing.ts'

export type AppEnv = { Bindings: Partial<HttpBindings> }

/** What the routes need. */
export type Dependencies = {
  config: Pick<
    Config,
    | 'ADMIN_FLAGS_ENABLED'
    | 'ADMIN_FLAGS_TOKEN'
    | 'ENVIRONMENT'
    | 'BODY_LIMIT_BYTES'
    | 'FAULTS_ENABLED'
    | 'READINESS_DATABASE'
  >
  database: Database
  flags: Flags
  metrics: Metrics
  log: Logger
  isDraining: () => boolean
}

/** A folder of its own with `routes.ts`, named in this list and nowhere else. */
type Feature = { routes: (dependencies: Dependencies) => Hono<AppEnv> }
const features: Feature[] = [
  await import('./faults/routes.ts'), // stands before all that it makes fail; docs/drills.md says how to delete it
  await import('./orders/routes.ts'), // the sample feature: delete this line and service/orders
]

/** Every route of the service. Headers, ids, metrics, traces and the access log are added around it, in edge.ts. */
export function createApp(dependencies: Dependencies): Hono<AppEnv> {
  const { config, log } = dependencies
  const app = new Hono<AppEnv>()
  // Not for GET and HEAD: one asynchronous middleware takes Hono off its fast path (docs/adr/0002).
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', limitBody(config.BODY_LIMIT_BYTES))
  for (const feature of features) app.route('/', feature.routes(dependencies))
  app.get('/', c => c.text('hello world'))
  app.route('/', healthRoutes(dependencies))
  app.route('/', metricsRoutes(dependencies))
  if (config.ADMIN_FLAGS_ENABLED) app.route('/', adminFlagRoutes(dependencies))

  app.notFound(c => {
    const allowed = allowedMethods(app, c.req.path)
    if (allowed.length === 0) return problem(c, 404, 'not found')
    c.header('allow', allowed.join(', '))
    return c.req.method === 'OPTIONS' ? c.body(null, 204) : problem(c, 405, 'method not allowed')
  })
  app.onError((error, c) => {
    if (error instanceof BadInput) return problem(c, error.status, error.message, error.extra)
    // What went wrong is for the log; the answer carries the id to find it by.
    const request_id = c.env.outgoing?.getHeader('x-request-id')
    if (error instanceof DatabaseUnavailable) {
      log.warn({ err: error, request_id }, 'the database is unavailable')
      return problem(c, 503, 'database unavailable')
    }
    recordException(error)
    log.error({ err: error, request_id }, 'the request failed')
    return problem(c, 500, 'internal server error')
  })
  return app
}

const limitBody = (maxSize: number) =>
  bodyLimit({ maxSize, onError: c => problem(c, 413, 'content too large', { detail: `at most ${maxSize} bytes` }) })
