import { type Matcher, type Operator, parsePromql } from '../telemetry/promql.ts'

export type Selector = { metric: string; matchers: readonly Matcher[] }

/** Throws where the text is anything but the name of a metric and matchers. */
export function parseSelector(text: string): Selector {
  const query = parsePromql(text)
  if (query.kind !== 'selector' || query.metric === undefined)
    throw new Error('expected one metric with its matchers, such as requests_total{status=~"5.."}')
  return { metric: query.metric, matchers: query.matchers }
}

export function selectorText({ metric, matchers }: Selector): string {
  if (matchers.length === 0) return metric
  return `${metric}{${matchers.map(matcherText).join(', ')}}`
}

export const matcherText = ({ label, operator, value }: Matcher) => `${label}${operator}${JSON.stringify(value)}`

export const without = ({ metric, matchers }: Selector, label: string): Selector => ({
  metric,
  matchers: matchers.filter(matcher => matcher.label !== label),
})

const tests: Record<Operator, (value: string, found: string) => boolean> = {
  '=': (value, found) => found === value,
  '!=': (value, found) => found !== value,
  '=~': (value, found) => new RegExp(`^(?:${value})$`).test(found),
  '!~': (value, found) => !new RegExp(`^(?:${value})$`).test(found),
}

/** Whether a series with these labels is chosen. Regular expressions are taken for JavaScript's, which simple ones are. */
export const matches = ({ matchers }: Selector, labels: Readonly<Record<string, string>>) =>
  matchers.every(({ label, operator, value }) => tests[operator](value, labels[label] ?? ''))

/** Whether every series of `part` is one of `whole`, as far as their matchers say. */
export const isPartOf = (part: Selector, whole: Selector) =>
  whole.matchers.every(wanted =>
    part.matchers.some(
      each =>
        each.label === wanted.label &&
        ((each.operator === wanted.operator && each.value === wanted.value) ||
          (each.operator === '=' && tests[wanted.operator](wanted.value, each.value))),
    ),
  )
