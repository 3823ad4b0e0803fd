import { createCatalog, type Labels } from './catalog.ts'
import type { Series } from './exposition.ts'
import type { Expression } from './expressions.ts'
import { PromqlError, parsePromql, type Query } from './promql.ts'
import { shapeOf } from './shape.ts'
import type { Values } from './values.ts'

type Options = {
  /** What the processes showed after the exercise, each series with the `job` it is scraped under. */
  exposed: readonly Series[]
  /** Parts of matchers, by label, that nothing can show here. */
  excuses?: ReadonlyMap<string, readonly string[]>
}

type Parsed = Expression & { query: Query }

/**
 * Holds every query to what runs: each metric exists, each label is one of its labels, each value of a matcher was seen,
 * both sides of an operator can meet. One sentence for each mistake, with its place.
 */
export function findBrokenQueries(
  expressions: readonly Expression[],
  { exposed, excuses = new Map() }: Options,
): string[] {
  const found: string[] = []
  const tell = ({ file, line, text }: Expression, sentence: string) =>
    void found.push(`${file}:${line}: ${sentence}\n    ${text.trim().replace(/\s+/g, ' ')}`)
  const parsed = expressions.flatMap((each): Parsed[] => {
    try {
      return [{ ...each, query: parsePromql(each.text) }]
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error
      tell(each, error.message)
      return []
    }
  })
  const catalog = createCatalog(exposed, excuses)
  const check = (each: Parsed) => shapeOf(each.query, catalog, sentence => tell(each, sentence))
  for (const each of inOrder(parsed)) {
    const shape = check(each)
    if (each.rule === undefined) continue
    const labels = shape && withStatic(shape, each.rule.labels)
    if (each.rule.record !== undefined) catalog.define(each.rule.record, labels)
    if (labels === undefined) continue // of a metric that is not known, which was told
    for (const label of labelsInText(each.rule.annotations)) {
      if (!labels.has(label)) tell(each, `an annotation shows $labels.${label}, which the alert has not`)
    }
  }
  return [...new Set(found)]
}

/** Recording rules before those who read them. Those in a circle stay as they stand. */
function inOrder(parsed: readonly Parsed[]): Parsed[] {
  const [recording, others] = [true, false].map(is => parsed.filter(each => (each.rule?.record !== undefined) === is))
  const recorded = Map.groupBy(recording ?? [], each => each.rule?.record ?? '')
  const done = new Set<Parsed>()
  const visit = (each: Parsed) => {
    if (done.has(each)) return
    done.add(each)
    for (const metric of metricsOf(each.query)) recorded.get(metric)?.forEach(visit)
    ordered.push(each)
  }
  const ordered: Parsed[] = []
  recording?.forEach(visit)
  return [...ordered, ...(others ?? [])]
}

/** Every metric that a query names. */
function metricsOf(query: Query): string[] {
  switch (query.kind) {
    case 'selector':
      return query.metric === undefined ? [] : [query.metric]
    case 'range':
      return metricsOf(query.of)
    case 'call':
    case 'aggregate':
      return query.args.flatMap(metricsOf)
    case 'binary':
      return [...metricsOf(query.left), ...metricsOf(query.right)]
    default:
      return []
  }
}

const withStatic = (shape: Labels, labels: Record<string, string>): Labels =>
  new Map<string, Values>([
    ...shape,
    ...Object.entries(labels).map(([name, value]) => [name, new Set([value])] as const),
  ])

const labelsInText = (texts: readonly string[]) =>
  texts.flatMap(text => [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label))
