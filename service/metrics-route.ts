import { Hono } from 'hono'
import { problem } from '../lib/problem.ts'
import type { AppEnv, Dependencies } from './app.ts'

export function metricsRoutes({
  flags,
  metrics,
  log,
  config,
}: Pick<Dependencies, 'flags' | 'metrics' | 'log' | 'config'>) {
  const app = new Hono<AppEnv>()
  app.get('/metrics', async c => {
    const context = () => ({ targetingKey: 'metrics', route: '/metrics', environment: config.ENVIRONMENT })
    if (!(await flags.isOn('metrics_enabled', context)))
      return c.text('metrics are off: the flag metrics_enabled says so\n', 404)
    try {
      const { contentType, body } = await metrics.scrape(c.req.header('accept'))
      return c.body(body, 200, { 'content-type': contentType })
    } catch (error) {
      log.error({ err: error }, 'the scrape failed')
      return problem(c, 500, 'a metrics collector failed')
    }
  })
  return app
}
