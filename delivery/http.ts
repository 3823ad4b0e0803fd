import { Hono } from 'hono'
import type { Logger } from 'pino'
import { problem } from '../lib/problem.ts'
import { type ApiOptions, apiRoutes } from './api.ts'
import { type Health, healthRoutes } from './health.ts'
import { OutboxUnavailable } from './outbox/outbox.ts'

export type HttpOptions = {
  api: ApiOptions
  health: Health
  metrics: { enabled: boolean; path: string; port: number | undefined; scrape: Scrape }
  probesPort: number | undefined
  /** Of everything that has no port of its own. */
  port: number
  /** The receiver's, which takes every other path; absent where this process does not receive. */
  receiver: Hono | undefined
  log: Pick<Logger, 'error'>
}

type Scrape = (accept: string | undefined) => Promise<{ contentType: string; body: string }>

/** One app per port: what has no port of its own is served by the main one. */
export function createApps({ api, health, metrics, probesPort, port: mainPort, receiver, log }: HttpOptions) {
  const main = new Hono()
  const own = new Map<number, Hono>()
  const on = (port: number | undefined) => {
    if (port === undefined || (port !== 0 && port === mainPort)) return main
    const app = own.get(port) ?? new Hono()
    own.set(port, app)
    return app
  }
  on(probesPort).route('/', healthRoutes(health))
  if (metrics.enabled) on(metrics.port).route('/', metricsRoutes(metrics.path, metrics.scrape))
  main.route('/', apiRoutes(api))
  if (receiver) main.route('/', receiver)
  for (const app of [main, ...own.values()]) {
    app.notFound(c => problem(c, 404, 'not found'))
    app.onError((error, c) => {
      if (error instanceof OutboxUnavailable)
        return problem(c, 503, 'the outbox is unavailable', { detail: error.message })
      log.error({ err: error, path: c.req.path }, 'the request failed')
      return problem(c, 500, 'internal server error')
    })
  }
  return { main, own }
}

function metricsRoutes(path: string, scrape: Scrape) {
  const app = new Hono()
  app.get(path, async c => {
    const { contentType, body } = await scrape(c.req.header('accept'))
    return c.body(body, 200, { 'content-type': contentType })
  })
  return app
}
