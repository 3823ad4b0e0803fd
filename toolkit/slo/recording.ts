import { DAY, durationText, windows } from './burn.ts'
import { budgetOf, type Plan, type Slo } from './plan.ts'
import type { Recording } from './rule.ts'
import { selectorText, without } from './selector.ts'

export const eventsIn = (minutes: number) => `slo:events:increase${durationText(minutes)}`
export const badEventsIn = (minutes: number) => `slo:bad_events:increase${durationText(minutes)}`
export const badShareIn = (minutes: number) => `slo:bad_events:ratio_rate${durationText(minutes)}`
export const percentileOf = ({ above }: { above: number }) => Number((1 - above).toPrecision(9))
export const percentileRecord = (warn: { above: number }) =>
  `slo:seconds:p${String(percentileOf(warn) * 100).replace('.', '_')}_rate5m`

/** What follows the name of a recorded series. */
export const recordedOf = ({ service }: Plan, { name }: Slo) => `{service="${service}", slo="${name}"}`

/** Everything is kept by namespace, because one Prometheus may see several environments, and by nothing else. */
export const KEPT = 'namespace'

export function shortRecordings(plan: Plan, slo: Slo): Recording[] {
  const { part, warn } = slo
  const found = windows.flatMap(minutes => windowRecordings(plan, slo, minutes))
  if (part.kind === 'in time' && warn !== undefined) {
    const buckets = selectorText(without(part.selector, 'le'))
    const expr = `histogram_quantile(${percentileOf(warn)}, sum by (${KEPT}, le) (rate(${buckets}[5m])))`
    found.push(recording(plan, slo, percentileRecord(warn), expr))
  }
  return found
}

/** What is left of the budget; these read much, so they are evaluated seldom. */
export function budgetRecordings(plan: Plan, slo: Slo): Recording[] {
  const minutes = slo.days * DAY
  const left = `1 - ${badShareIn(minutes)}${recordedOf(plan, slo)} / ${budgetOf(slo)}`
  return [
    ...windowRecordings(plan, slo, minutes),
    recording(plan, slo, 'slo:error_budget:left_ratio', left),
    recording(plan, slo, 'slo:objective:ratio', `vector(${slo.target})`),
  ]
}

function windowRecordings(plan: Plan, slo: Slo, minutes: number): Recording[] {
  const { total, part } = slo
  const recorded = recordedOf(plan, slo)
  const increase = (selector: string) => `sum by (${KEPT}) (increase(${selector}[${durationText(minutes)}]))`
  const events = `${eventsIn(minutes)}${recorded}`
  const bad = {
    // A counter of errors is not there before the first one.
    bad: `${increase(selectorText(part.selector))}\nor on (${KEPT})\n0 * ${events}`,
    'in time': `${increase(selectorText(total))}\n-\n${increase(selectorText(part.selector))}`,
  }[part.kind]
  return [
    recording(plan, slo, eventsIn(minutes), increase(selectorText(total))),
    recording(plan, slo, badEventsIn(minutes), bad),
    // Without events there is no share, and not one that is no number.
    recording(plan, slo, badShareIn(minutes), `${badEventsIn(minutes)}${recorded} / (${events} > 0)`),
  ]
}

const recording = ({ service }: Plan, { name }: Slo, record: string, expr: string): Recording => ({
  record,
  expr,
  labels: { service, slo: name },
})
