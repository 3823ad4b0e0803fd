import { Gauge, type OpenMetricsContentType, type Registry } from 'prom-client'
import type { DeclaredFlag } from '../flags/declared.ts'

/**
 * Adds a collector that throws while `broken` is on, at every other scrape. Were it every one, Prometheus would never see
 * the count of failures, and would call the target down instead.
 */
export function breakMetrics(
  registry: Registry<OpenMetricsContentType>,
  broken: DeclaredFlag<boolean>,
  environment: string,
): void {
  let scrapes = 0
  new Gauge({
    name: 'faults_enabled',
    help: 'Always 1; there only while FAULTS_ENABLED lets flags make this service fail.',
    registers: [registry],
    async collect() {
      this.set(1)
      if (!(await broken(() => ({ targetingKey: 'metrics', route: '/metrics', environment })))) return
      if (scrapes++ % 2 === 0) throw new Error('the flag fault_metrics_handler asked for this failure')
    },
  })
}
