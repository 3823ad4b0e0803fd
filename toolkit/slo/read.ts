import { posix } from 'node:path'
import * as v from 'valibot'
import { type Document, LineCounter, parseAllDocuments } from 'yaml'
import { mistakeAt, type Path, ruleOf, SloMistakes } from './mistakes.ts'
import { Service, Slo as SloDocument } from './open-slo.ts'
import type { Plan, Slo } from './plan.ts'
import { isPartOf, parseSelector, type Selector } from './selector.ts'

/** One file of monitoring/slo: a Service and its SLOs. Throws SloMistakes with a line for each mistake. */
export function readPlan(text: string, file: string): Plan {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines })
  const mistakes: string[] = []
  const say = (document: Document) => (path: Path, rule: string) => {
    mistakes.push(mistakeAt(file, document, lines, path, rule))
  }
  for (const { errors } of documents)
    for (const error of errors)
      mistakes.push(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`)
  if (mistakes.length > 0) throw new SloMistakes(mistakes.join('\n'))

  const [first, ...rest] = documents
  const service = first && parse(Service, first, say(first))
  const slos = rest.flatMap(document => {
    const parsed = parse(SloDocument, document, say(document))
    return parsed && service ? (sloOf(parsed, service.metadata.name, say(document)) ?? []) : []
  })
  const twice = slos.map(({ name }) => name).find((name, n, all) => all.indexOf(name) !== n)
  if (twice !== undefined) mistakes.push(`${file}: there are two SLOs of the name ${twice}`)
  const [one, ...others] = slos
  if (mistakes.length === 0 && one === undefined)
    mistakes.push(`${file}: expected a Service and at least one SLO behind it`)
  if (service === undefined || one === undefined || mistakes.length > 0) throw new SloMistakes(mistakes.join('\n'))
  const { name, annotations } = service.metadata
  return {
    stem: posix.basename(file, '.yaml'),
    service: name,
    repository: annotations['fairlead.dev/repository'],
    rules: annotations['fairlead.dev/rules'],
    chart: annotations['fairlead.dev/chart'],
    job: annotations['fairlead.dev/job'],
    slos: [one, ...others],
  }
}

type Say = (path: Path, rule: string) => void

function parse<const S extends v.GenericSchema>(schema: S, document: Document, say: Say): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, document.toJS() ?? {})
  for (const { path, rule } of (result.issues ?? []).map(ruleOf)) say(path, rule)
  return result.success ? result.output : undefined
}

function sloOf(document: v.InferOutput<typeof SloDocument>, service: string, say: Say): Slo | undefined {
  const { metadata, spec } = document
  const { 'fairlead.dev/warn-alert': alert, 'fairlead.dev/warn-above': above, ...annotations } = metadata.annotations
  if (spec.service !== service) say(['spec', 'service'], `expected the Service above, ${service}, got ${spec.service}`)
  if ((alert === undefined) !== (above === undefined))
    say(['metadata', 'annotations'], 'fairlead.dev/warn-alert and fairlead.dev/warn-above need each other')
  const metrics = metricsOf(spec.indicator.spec.ratioMetric, say)
  return (
    metrics && {
      name: metadata.name,
      title: metadata.displayName ?? metadata.name,
      description: spec.description,
      target: spec.objectives[0].target,
      days: Number.parseInt(spec.timeWindow[0].duration, 10),
      badEvents: spec.indicator.metadata.displayName,
      leastBad: annotations['fairlead.dev/least-bad'],
      burnAlert: annotations['fairlead.dev/burn-alert'],
      warn: alert !== undefined && above !== undefined ? { alert, above } : undefined,
      ...metrics,
    }
  )
}

type RatioMetric = v.InferOutput<typeof SloDocument>['spec']['indicator']['spec']['ratioMetric']

function metricsOf(ratio: RatioMetric, say: Say): Pick<Slo, 'total' | 'part'> | undefined {
  const at = ['spec', 'indicator', 'spec', 'ratioMetric']
  const read = (key: 'good' | 'bad' | 'total'): Selector | undefined => {
    const text = ratio[key]?.metricSource.spec.query
    if (text === undefined) return undefined
    try {
      return parseSelector(text)
    } catch (error) {
      say([...at, key, 'metricSource', 'spec', 'query'], (error as Error).message) // parseSelector throws nothing else
      return undefined
    }
  }
  const [good, bad, total] = [read('good'), read('bad'), read('total')]
  if ((ratio.good === undefined) === (ratio.bad === undefined)) say(at, 'expected either good or bad')
  if (total === undefined) return undefined
  if (bad !== undefined) {
    if (bad.metric !== total.metric || !isPartOf(bad, total))
      say([...at, 'bad'], 'expected the query of total with more matchers')
    return { total, part: { kind: 'bad', selector: bad } }
  }
  if (good === undefined) return undefined
  const limit = Number(good.matchers.find(({ label, operator }) => label === 'le' && operator === '=')?.value)
  if (!(limit > 0) || good.metric.replace(/_bucket$/, '_count') !== total.metric || !isPartOf(good, total)) {
    say(
      [...at, 'good'],
      'expected a bucket, such as x_bucket{le="0.5"}, and x_count as total; anything else is told by bad',
    )
    return undefined
  }
  return { total, part: { kind: 'in time', selector: good, limit } }
}
