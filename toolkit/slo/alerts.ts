import { durationText, factorOf, limitOf, type Pair, speeds } from './burn.ts'
import { budgetOf, type Plan, type Slo } from './plan.ts'
import { badEventsIn, badShareIn, percentileOf, percentileRecord, recordedOf } from './recording.ts'
import type { Alert } from './rule.ts'

/** The budget is used up too fast: twice, for a person at once and for one on the next day. */
export function burnAlerts(plan: Plan, slo: Slo): Alert[] {
  const recorded = recordedOf(plan, slo)
  return speeds.map(({ name, severity, pairs }) => {
    const conditions = pairs.map(pair => {
      const limit = `${factorOf(pair, slo)} * ${budgetOf(slo)}`
      return [
        `${badShareIn(pair.long)}${recorded} > ${limit}`,
        `and ${badShareIn(pair.short)}${recorded} > ${limit}`,
        `and ${badEventsIn(pair.long)}${recorded} >= ${slo.leastBad}`,
      ].join('\n  ')
    })
    const slowest = Math.min(...pairs.map(pair => factorOf(pair, slo)))
    return {
      alert: `${slo.burnAlert}${name}`,
      expr: conditions.map(each => `(\n  ${each}\n)`).join('\nor\n'),
      labels: { severity, service: plan.service, slo: slo.name },
      unit: 'share',
      texts: ({ value }) => ({
        summary: `The error budget of ${plan.service} for ${slo.name} is used up ${name === 'Fast' ? 'fast' : 'slowly but surely'}.`,
        description: `${capital(slo.badEvents)}: ${value}. At most ${percent(budgetOf(slo))} may be, over ${slo.days} days; at this pace that is used up within ${Math.floor(slo.days / slowest)} days.`,
      }),
      meaning: meaningOf(slo, pairs),
      queries: [
        ...pairs.flatMap(({ long, short }) => [long, short]).map(minutes => `${badShareIn(minutes)}${recorded}`),
        `slo:error_budget:left_ratio${recorded}`,
      ],
    }
  })
}

/** Something is wrong now, whatever is left of the budget. */
export function warnAlert(plan: Plan, slo: Slo): Alert[] {
  if (slo.warn === undefined) return []
  const { alert, above } = slo.warn
  const recorded = recordedOf(plan, slo)
  const enough = `and ${badEventsIn(5)}${recorded} >= ${slo.leastBad}`
  const common = { alert, for: '5m', labels: { severity: 'warning' as const, service: plan.service, slo: slo.name } }
  if (slo.part.kind === 'bad')
    return [
      {
        ...common,
        expr: `${badShareIn(5)}${recorded} > ${above}\n${enough}`,
        unit: 'share',
        texts: ({ value }) => ({
          summary: `Many ${slo.badEvents} by ${plan.service}.`,
          description: `${capital(slo.badEvents)}: ${value} for 5 minutes; more than ${percent(above)} is too much.`,
        }),
        meaning: `For 5 minutes more than ${percent(above)} of what came in the last 5 minutes were ${slo.badEvents}, and at least ${slo.leastBad}.`,
        queries: [`${badShareIn(5)}${recorded}`, `${badEventsIn(5)}${recorded}`],
      },
    ]
  const limit = slo.part.limit
  return [
    {
      ...common,
      expr: `${percentileRecord(slo.warn)}${recorded} > ${limit}\n${enough}`,
      unit: 'seconds',
      texts: ({ value }) => ({
        summary: `${plan.service} is slow.`,
        description: `The ${percentileOf({ above }) * 100}th percentile of ${slo.name} has been above ${limit * 1000} ms for 5 minutes: ${value}.`,
      }),
      meaning: `For 5 minutes more than ${percent(above)} of the requests took longer than ${limit * 1000} ms, and at least ${slo.leastBad}.`,
      queries: [`${percentileRecord(slo.warn)}${recorded}`, `${badShareIn(5)}${recorded}`],
    },
  ]
}

function meaningOf(slo: Slo, pairs: readonly Pair[]): string {
  const cases = pairs.map(
    pair =>
      `${percent(limitOf(pair, slo))} over ${durationText(pair.long)} and over the last ${durationText(pair.short)} (${factorOf(pair, slo)} times the even pace)`,
  )
  return [
    `There are too many ${slo.badEvents}: more than ${cases.join(', or more than ')}, and at least ${slo.leastBad} of them.`,
    `At an even pace ${percent(budgetOf(slo))} would use up the budget of ${slo.days} days.`,
  ].join('\n')
}

/** Such as 0.1%. */
const percent = (share: number) => `${Number((share * 100).toPrecision(4))}%`

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
