import type { Series } from './exposition.ts'
import { type Foreign, foreignMetrics, targetLabels } from './foreign.ts'
import type { Query } from './promql.ts'
import { takes, unknownParts, type Values } from './values.ts'

export type Labels = ReadonlyMap<string, Values>
type Selector = Query & { kind: 'selector' }
export type Report = (sentence: string, at: number) => void

/** What a metric is made of: the series that processes showed, or the labels that a recording rule or a foreign program gives it. */
type Known = { kind: 'exposed'; series: readonly Series[] } | { kind: 'labels'; labels: Labels }

export type Catalog = {
  /** `unclear` for what a rule records whose own query is broken. */
  find(metric: string): Known | 'unclear' | undefined
  /** Every name, for a hint. */
  names(): string[]
  define(metric: string, labels: Labels | undefined): void
  /** Values that nothing shows after the exercise, and why that is right. */
  excused(label: string, part: string): boolean
}

/** `excuses` are parts of matchers by their label, such as `5..` of `status`. */
export function createCatalog(exposed: readonly Series[], excuses: ReadonlyMap<string, readonly string[]>): Catalog {
  const byName = Map.groupBy(exposed, series => series.name)
  const recorded = new Map<string, Labels>()
  const unclear = new Set<string>()
  const foreign = ({ labels }: Foreign): Labels =>
    new Map([...labels, ...targetLabels].map(label => [label, 'any' as const]))
  return {
    find(metric) {
      const series = byName.get(metric)
      if (series) return { kind: 'exposed', series }
      if (unclear.has(metric)) return 'unclear'
      const found = foreignMetrics[metric]
      const labels = recorded.get(metric) ?? (found && foreign(found))
      return labels && { kind: 'labels', labels }
    },
    names: () => [...byName.keys(), ...recorded.keys(), ...unclear],
    define(metric, labels) {
      if (labels === undefined) unclear.add(metric)
      // Two rules may write one metric, each with values of its own.
      else recorded.set(metric, union(recorded.get(metric) ?? labels, labels))
    },
    excused: (label, part) => excuses.get(label)?.includes(part) ?? false,
  }
}

/** The labels of what a selector finds. Reports a label that is not there, and a value that none of its series has. */
export function labelsOfSelector(selector: Selector, known: Known, catalog: Catalog, report: Report): Labels {
  const labels = known.kind === 'exposed' ? labelsOfSeries(known.series) : known.labels
  let isExcused = false
  let isWrong = false
  for (const matcher of selector.matchers) {
    const { label, operator, value } = matcher
    const values = labels.get(label)
    const shown = `${selector.metric}{${label}${operator}"${value}"}`
    if (values === undefined) {
      isWrong = true
      report(`${shown}: it has no label ${label}, only ${[...labels.keys()].sort().join(', ')}`, selector.at)
      continue
    }
    const missing = unknownParts(matcher, values)
    const unknown = missing.filter(part => !catalog.excused(label, part))
    isExcused ||= missing.length > unknown.length
    if (unknown.length === 0) continue
    isWrong = true
    report(`${shown}: no series has ${unknown.join(' or ')}; there ${listed(values)}`, selector.at)
  }
  const left = narrow(selector, known, labels)
  if (left !== undefined) return left
  if (!isExcused && !isWrong) report(`${selector.metric}: no series fits all of its matchers together`, selector.at)
  return labels
}

/** Undefined when nothing is left. */
function narrow({ matchers }: Selector, known: Known, labels: Labels): Labels | undefined {
  if (known.kind === 'exposed') {
    const fits = ({ labels: own }: Series) =>
      matchers.every(each => isOpen(each.label) || takes(each, own[each.label] ?? ''))
    const left = known.series.filter(fits)
    return left.length === 0 ? undefined : labelsOfSeries(left)
  }
  const left = [...labels].map(([label, values]): [string, Values] => [
    label,
    values === 'any'
      ? values
      : new Set([...values].filter(value => matchers.every(each => each.label !== label || takes(each, value)))),
  ])
  return left.some(([, values]) => values !== 'any' && values.size === 0) ? undefined : new Map(left)
}

/** Target labels whose values depend on where it runs; `job` is set by whoever reads the exposition. */
const isOpen = (label: string) => label !== 'job' && targetLabels.includes(label)

function labelsOfSeries(series: readonly Series[]): Labels {
  const values = new Map<string, Set<string>>()
  for (const { labels } of series) {
    for (const [label, value] of Object.entries(labels)) values.set(label, (values.get(label) ?? new Set()).add(value))
  }
  const open = targetLabels.filter(label => !values.has(label)).map((label): [string, Values] => [label, 'any'])
  return new Map<string, Values>([...values, ...open])
}

export const union = (one: Labels, other: Labels): Labels =>
  new Map(
    [...one, ...other].map(([label]): [string, Values] => {
      const [left, right] = [one.get(label), other.get(label)]
      if (left === undefined || right === undefined) return [label, left ?? right ?? 'any']
      return [label, left === 'any' || right === 'any' ? 'any' : new Set([...left, ...right])]
    }),
  )

const listed = (values: Values) =>
  values === 'any' || values.size === 0 ? 'is none' : `is ${[...values].sort().join(', ')}`
