import { parse } from 'yaml'

/** What we read of an alert rule: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export type Alert = {
  alert: string
  expr?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

/** What a test of promtool expects of an alert at one time. */
export type Expectation = { alert: string; atSeconds: number; isFiring: boolean }

type RuleFile = { groups?: { rules?: (Alert | { record: string })[] }[] }
type TestFile = { tests?: { alert_rule_test?: { alertname: string; eval_time: string; exp_alerts?: unknown[] }[] }[] }

export function readAlerts(text: string): Alert[] {
  const file: RuleFile | null = parse(text) // promtool check rules holds the shape
  return (file?.groups ?? []).flatMap(group => group.rules ?? []).filter(rule => 'alert' in rule)
}

/** One list for each story that the file tells. */
export function readExpectations(text: string): Expectation[][] {
  const file: TestFile | null = parse(text) // promtool test rules holds the shape
  return (file?.tests ?? []).map(({ alert_rule_test = [] }) =>
    alert_rule_test.map(({ alertname, eval_time, exp_alerts = [] }) => ({
      alert: alertname,
      atSeconds: secondsOf(String(eval_time)),
      isFiring: exp_alerts.length > 0,
    })),
  )
}

const UNITS: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 }

/** Such as 6h18m. */
export function secondsOf(duration: string): number {
  if (!/^(\d+[dhms])+$|^0$/.test(duration)) throw new Error(`expected a duration such as 6h18m, got "${duration}"`)
  return [...duration.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  )
}
