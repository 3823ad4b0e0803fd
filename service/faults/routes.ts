import { setTimeout as delay } from 'node:timers/promises'
import { Hono } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { AppEnv, Dependencies } from '../app.ts'
import type { FlagContext } from '../flags.ts'
import { breakMetrics } from './metrics.ts'

/** Probes and the scrape keep telling the truth, and overrides stay within reach: none of them is traffic. */
const spared = /^\/(livez|readyz|metrics|admin\/.*)$/
const LONGEST_MS = 60_000

/**
 * Failures and slowness that flags switch on, for drills (docs/drills.md). Without FAULTS_ENABLED, which prod refuses,
 * nothing of it is there: no middleware, no flag, no metric. Delete it with the lines that its page names.
 */
export function routes(
  { config, flags, metrics, log }: Pick<Dependencies, 'config' | 'flags' | 'metrics' | 'log'>,
  random: () => number = Math.random,
): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  if (!config.FAULTS_ENABLED) return app
  log.warn('FAULTS_ENABLED: flags can make this service fail')
  const errorRate = flags.declare<number>('fault_error_rate', 0)
  const latencyMs = flags.declare<number>('fault_latency_ms', 0)
  breakMetrics(metrics.registry, flags.declare<boolean>('fault_metrics_handler', false), config.ENVIRONMENT)

  app.use('*', async (c, next) => {
    if (spared.test(c.req.path)) return next()
    const context = (): FlagContext => ({
      targetingKey: String(c.env.outgoing?.getHeader('x-request-id') ?? ''),
      route: matchedRoutes(c).at(-1)?.path ?? '',
      environment: config.ENVIRONMENT,
    })
    const waitMs = await latencyMs(context)
    if (waitMs > 0) await delay(Math.min(waitMs, LONGEST_MS))
    if (random() < (await errorRate(context))) throw new Error('the flag fault_error_rate asked for this failure')
    return next()
  })
  return app
}
