import { nearest } from '../../lib/nearest.ts'
import { type Catalog, type Labels, labelsOfSelector, type Report, union } from './catalog.ts'
import type { Matching, Query } from './promql.ts'

/** The labels that a query answers with, and the values they can have; undefined for a number or a text. */
export type Shape = Labels | undefined

/** Functions over a range of time. The grammar lets `rate(x)` pass, Prometheus does not. */
const rangeFunctions =
  /^(rate|irate|increase|delta|idelta|deriv|changes|resets|predict_linear|double_exponential_smoothing|.*_over_time)$/
/** Of a counter these make sense; of a gauge they show its way up as if it had begun anew at each step down. */
const counterFunctions = ['rate', 'irate', 'increase', 'resets']

/** Walks a query from the inside out. Reports every name, label and value that the catalog does not know. */
export function shapeOf(query: Query, catalog: Catalog, report: Report): Shape {
  switch (query.kind) {
    case 'number':
    case 'text':
      return undefined
    case 'range':
      return shapeOf(query.of, catalog, report)
    case 'selector':
      return ofSelector(query, catalog, report)
    case 'call':
      return ofCall(query, catalog, report)
    case 'aggregate':
      return ofAggregate(query, catalog, report)
    case 'binary':
      return ofBinary(query, catalog, report)
  }
}

function ofSelector(query: Query & { kind: 'selector' }, catalog: Catalog, report: Report): Shape {
  const { metric, at } = query
  if (metric === undefined) {
    report('a selector without the name of a metric cannot be checked', at)
    return undefined
  }
  const known = catalog.find(metric)
  if (known === 'unclear') return undefined
  if (known) return labelsOfSelector(query, known, catalog, report)
  const meant = nearest(metric, catalog.names())
  report(`${metric}: nothing shows or records it${meant === undefined ? '' : `; did you mean ${meant}?`}`, at)
  return undefined
}

function ofCall({ name, args, at }: Query & { kind: 'call' }, catalog: Catalog, report: Report): Shape {
  const [first] = args
  if (rangeFunctions.test(name) && !args.some(arg => arg.kind === 'range'))
    report(`${name}: expected a range such as [5m]`, at)
  if (counterFunctions.includes(name) && first?.kind === 'range') mustCount(name, first.of, catalog, report)
  const shapes = args.map(arg => shapeOf(arg, catalog, report))
  const vector = shapes.find(shape => shape !== undefined)
  switch (name) {
    case 'histogram_quantile':
      if (vector && !vector.has('le'))
        report('histogram_quantile: there is no label le left; keep it in sum by (…, le)', at)
      return without(vector, ['le'])
    case 'absent':
    case 'absent_over_time':
      return new Map(
        first?.kind === 'selector'
          ? first.matchers.flatMap(({ label, operator, value }) =>
              operator === '=' ? [[label, new Set([value])] as const] : [],
            )
          : [],
      )
    case 'label_replace':
    case 'label_join': {
      const [, target, ...others] = args.map(arg => (arg.kind === 'text' ? arg.value : ''))
      const sources = name === 'label_join' ? others.slice(1) : others.slice(1, 2)
      mustHave(
        `${name}: its source`,
        sources.filter(label => label !== ''),
        vector,
        at,
        report,
      )
      return vector && target ? new Map([...vector, [target, 'any' as const]]) : vector
    }
    case 'vector':
      return new Map()
    case 'scalar':
      return undefined
    default:
      return vector
  }
}

function mustCount(name: string, of: Query, catalog: Catalog, report: Report): void {
  if (of.kind !== 'selector' || of.metric === undefined) return
  const known = catalog.find(of.metric)
  const type = known !== 'unclear' && known?.kind === 'exposed' ? known.series[0]?.type : undefined
  if (type === 'gauge') report(`${name}: ${of.metric} is a gauge, and only a counter can be counted`, of.at)
}

/** These answer with series as they were, not with one for each group. */
const choosing = ['topk', 'bottomk', 'limitk', 'limit_ratio']

function ofAggregate(query: Query & { kind: 'aggregate' }, catalog: Catalog, report: Report): Shape {
  const { name, keeps, labels, args, at } = query
  const shape = args.map(arg => shapeOf(arg, catalog, report)).find(each => each !== undefined)
  mustHave(`${name} ${keeps} (${labels.join(', ')})`, labels, shape, at, report)
  if (shape === undefined || choosing.includes(name)) return shape
  const kept = keeps === 'without' ? without(shape, labels) : only(shape, labels)
  const counted = name === 'count_values' && args[0]?.kind === 'text' ? args[0].value : undefined
  return counted === undefined || kept === undefined ? kept : new Map([...kept, [counted, 'any' as const]])
}

function ofBinary(query: Query & { kind: 'binary' }, catalog: Catalog, report: Report): Shape {
  const { operator, matching, at } = query
  const left = shapeOf(query.left, catalog, report)
  const right = shapeOf(query.right, catalog, report)
  if (left === undefined || right === undefined) return left ?? right
  if (operator === 'or') return union(left, right)
  checkMatching(operator, matching, left, right, at, report)
  if (operator === 'and' || operator === 'unless') return left
  const { kind, labels, many, included } = matching
  if (many !== undefined) {
    const [more, one] = many === 'left' ? [left, right] : [right, left]
    mustHave(`group_${many} (${included.join(', ')})`, included, one, at, report)
    return new Map([...more, ...(only(one, included) ?? [])])
  }
  return kind === 'on' ? only(left, labels) : without(left, labels)
}

/** Series of both sides meet where their labels are the same, all of them unless on or ignoring says otherwise. */
function checkMatching(
  operator: string,
  { kind, labels, many }: Matching,
  left: Labels,
  right: Labels,
  at: number,
  report: Report,
): void {
  if (kind === 'on') {
    mustHave(`the left side of ${operator} on (${labels.join(', ')})`, labels, left, at, report)
    mustHave(`the right side of ${operator} on (${labels.join(', ')})`, labels, right, at, report)
    return
  }
  const namesOf = (side: Labels) =>
    [...side.keys()]
      .filter(label => !labels.includes(label))
      .sort()
      .join(', ')
  const [one, other] = [namesOf(left), namesOf(right)]
  if (one === other || many !== undefined) return
  report(`${operator}: no series can meet: the left side has the labels (${one}), the right side (${other})`, at)
}

function mustHave(what: string, labels: readonly string[], shape: Shape, at: number, report: Report): void {
  if (shape === undefined) return // a name that is not known was reported
  for (const label of labels) {
    if (!shape.has(label))
      report(`${what}: there is no label ${label}, only ${[...shape.keys()].sort().join(', ') || 'none'}`, at)
  }
}

const only = (shape: Shape, labels: readonly string[]): Shape =>
  shape && new Map([...shape].filter(([label]) => labels.includes(label)))
const without = (shape: Shape, labels: readonly string[]): Shape =>
  shape && new Map([...shape].filter(([label]) => !labels.includes(label)))
