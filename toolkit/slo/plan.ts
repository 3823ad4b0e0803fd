import type { Selector } from './selector.ts'

/** What one file of monitoring/slo says. */
export type Plan = {
  /** Such as `service`: the name of the file, of its dashboard and of nothing else. */
  stem: string
  service: string
  repository: string
  /** Name of the rule file. */
  rules: string
  /** The folder of the chart that gets the rules. */
  chart: string | undefined
  /** The label job of its targets. */
  job: string | undefined
  slos: readonly [Slo, ...Slo[]]
}

export type Slo = {
  name: string
  title: string
  description: string
  target: number
  /** The time that the target is about. */
  days: number
  /** What uses up the budget, such as `requests answered with a 5xx`. */
  badEvents: string
  leastBad: number
  burnAlert: string
  warn: { alert: string; above: number } | undefined
  total: Selector
  part:
    | { kind: 'bad'; selector: Selector }
    /** One bucket of a histogram, `limit` seconds. */
    | { kind: 'in time'; selector: Selector; limit: number }
}

/** The share of events that may be bad. Rounded, because 1 - 0.999 has a tail. */
export const budgetOf = ({ target }: Pick<Slo, 'target'>) => Number((1 - target).toPrecision(9))
