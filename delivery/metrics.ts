import { collectDefaultMetrics, type OpenMetricsContentType, Registry } from 'prom-client'
import { toPlainText } from '../lib/exposition.ts'
import { createFamilies } from './metrics/families.ts'

export type Metrics = ReturnType<typeof createMetrics>

/** One OpenMetrics registry, as in the service; plain text is made from it. `refresh` reads what only the outbox knows. */
export function createMetrics(build: { version: string; revision: string }) {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  collectDefaultMetrics({ register: registry })
  const families = createFamilies(registry)
  families.build.set({ ...build, node: process.version }, 1)
  for (const result of ['ok', 'failed']) families.reloads.inc({ result }, 0) // alerts on an increase need the series from the start
  families.configCurrent.set(1) // a start with a wrong one ends the process
  families.scrapeErrors.inc(0)

  return {
    registry,
    ...families,
    async scrape(accept: string | undefined): Promise<{ contentType: string; body: string }> {
      const body = await registry.metrics()
      if (accept?.includes('application/openmetrics-text')) return { contentType: registry.contentType, body }
      return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: toPlainText(body) }
    },
  }
}
