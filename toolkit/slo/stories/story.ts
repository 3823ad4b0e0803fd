import type { Plan } from '../plan.ts'
import { type Alert, annotationsOf } from '../rule.ts'

/** Times are in minutes. `fires` has what a firing alert shows beside its own labels; without it the alert is quiet. */
export type Expectation = {
  alert: string
  at: number
  fires?: { labels: Record<string, string>; value?: number; instance?: string }[]
}
/** What an expression of recorded series is worth. */
export type Reading = { expr: string; at: number; samples: { labels: string; value: number }[] }
export type Series = { series: string; values: string }

/** What happens to some series, and what is told of it. `minutes` lie between two samples. */
export type Story = {
  name: string
  minutes: number
  series: Series[]
  expects?: Expectation[]
  reads?: Reading[]
}

/** The environment that stories are about; others in which all is well are told apart by it. */
export const home = { namespace: 'here' }

/** As promtool has it: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
export function testOf(
  { name, minutes, series, expects = [], reads = [] }: Story,
  plan: Plan,
  alerts: readonly Alert[],
) {
  return {
    name,
    interval: `${minutes}m`,
    input_series: series,
    alert_rule_test: expects.map(({ alert, at, fires = [] }) => {
      const rule = alerts.find(each => each.alert === alert)
      if (rule === undefined) throw new Error(`${name}: there is no alert ${alert}`)
      const exp_alerts = fires.map(({ labels, value, instance }) => ({
        exp_labels: { ...rule.labels, ...labels },
        exp_annotations: annotationsOf(rule, plan, { value: shownAs(rule.unit, value), instance }),
      }))
      return { alertname: alert, eval_time: `${at}m`, exp_alerts }
    }),
    promql_expr_test: reads.map(({ expr, at, samples }) => ({ expr, eval_time: `${at}m`, exp_samples: samples })),
  }
}

/** What Prometheus' humanizePercentage and humanizeDuration make of a value; stories keep durations below a second. */
function shownAs(unit: Alert['unit'], value = 0): string {
  const four = (number: number) => String(Number(number.toPrecision(4)))
  return unit === 'seconds' ? `${four(value * 1000)}ms` : `${four(value * 100)}%`
}
