import { isScalar, parseDocument, visit } from 'yaml'
import { scaleDuration } from '../slo/scale.ts'

/** Every key of prometheus.yml and alertmanager.yml by which the two of them wait. */
const waits = new Set([
  'scrape_interval',
  'evaluation_interval',
  'refresh_interval',
  'group_wait',
  'group_interval',
  'repeat_interval',
])

/** A configuration of Prometheus or Alertmanager that waits a fraction of its time for everything. */
export function scaleConfig(text: string, factor: number): string {
  const document = parseDocument(text)
  if (document.errors[0]) throw document.errors[0]
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !isScalar(value) || !waits.has(String(key.value))) return
      value.value = scaleDuration(String(value.value), factor)
    },
  })
  return document.toString({ lineWidth: 0 })
}
