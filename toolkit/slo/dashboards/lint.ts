import * as v from 'valibot'
import { PromqlError, parsePromql, type Query } from '../../telemetry/promql.ts'
import { DashboardFile } from './schema.ts'

type Panel = DashboardFile['panels'][number]
const COLUMNS = 24

/**
 * What is wrong with a dashboard: its shape, and the rules of Grafana's own dashboard linter, as far as they are about
 * us. `hasRunbook` tells whether there is a runbook of this name. One sentence for each mistake.
 */
export function lintDashboard(text: string, hasRunbook: (alert: string) => boolean): string[] {
  const parsed = v.safeParse(DashboardFile, JSON.parse(text))
  if (!parsed.success) return parsed.issues.map(issue => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`)
  const { panels, templating } = parsed.output
  const variables = templating.list.map(({ name }) => name).join(', ')
  return [
    ...(variables === 'datasource, job, instance'
      ? []
      : [`variables: expected datasource, job, instance, got ${variables}`]),
    ...repeated(
      'id',
      panels.map(({ id }) => id),
    ),
    ...repeated(
      'title',
      panels.map(({ title }) => title),
    ),
    ...layoutMistakes(panels),
    ...panels.flatMap(panel => panelMistakes(panel, hasRunbook).map(mistake => `${panel.title}: ${mistake}`)),
  ]
}

const repeated = (what: string, values: readonly (string | number)[]) =>
  values.filter((value, index) => values.indexOf(value) !== index).map(value => `two panels have the ${what} ${value}`)

/** Nothing lies over anything else, beyond the edge, or below a hole as high as a panel. */
function layoutMistakes(panels: readonly Panel[]): string[] {
  const taken = new Map<string, string>()
  const mistakes: string[] = []
  for (const { title, type, gridPos } of panels) {
    const { x, y, w, h } = gridPos
    const [least, most] = type === 'row' ? [1, 1] : [3, 12]
    if (h < least || h > most) mistakes.push(`${title}: its height is ${h}, expected ${least} to ${most}`)
    if (w < 1 || x + w > COLUMNS)
      mistakes.push(`${title}: it reaches from column ${x} to ${x + w}, and there are ${COLUMNS}`)
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const other = taken.get(`${column}/${line}`)
        if (other !== undefined && other !== title) mistakes.push(`${title}: it lies over ${other}`)
        taken.set(`${column}/${line}`, title)
      }
    }
  }
  const lines = new Set([...taken.keys()].map(place => Number(place.split('/')[1])))
  const empty = Array.from({ length: Math.max(0, ...lines) }, (_, line) => line).filter(line => !lines.has(line))
  return [...new Set(mistakes), ...empty.map(line => `line ${line} is empty`)]
}

function panelMistakes(panel: Panel, hasRunbook: (alert: string) => boolean): string[] {
  if (panel.type === 'row') return []
  const { targets, links = [], type } = panel
  const needsLegend = type === 'timeseries'
  return [
    ...repeated(
      'refId',
      targets.map(({ refId }) => refId),
    ),
    ...links.flatMap(({ url }) => {
      const [, alert] = /\/monitoring\/runbooks\/(\w+)\.md$/.exec(url) ?? []
      return alert !== undefined && hasRunbook(alert) ? [] : [`there is no runbook behind ${url}`]
    }),
    ...targets.flatMap(({ expr, legendFormat }) => [
      ...queryMistakes(expr),
      ...(needsLegend && legendFormat === undefined ? [`${expr}: its lines have no name`] : []),
    ]),
  ]
}

/** A window of fixed length shows nothing when the scrapes are further apart, and hides peaks when one zooms out. */
const FIXED_WINDOW = /\[(?!\$__rate_interval\])[^\]]*\]/

function queryMistakes(expr: string): string[] {
  const window = FIXED_WINDOW.exec(expr)?.[0]
  if (window !== undefined) return [`${expr}: expected [$__rate_interval], got ${window}`]
  try {
    const query = parsePromql(expr.replaceAll('$__rate_interval', '5m'))
    return selectorsOf(query).flatMap(({ metric = '', matchers }) => {
      const has = (label: string) =>
        matchers.some(each => each.label === label && each.operator === '=~' && each.value === `$${label}`)
      if (metric.includes(':') || (has('job') && has('instance'))) return [] // a recording rule has neither
      return [`${expr}: ${metric} is not narrowed by job=~"$job", instance=~"$instance"`]
    })
  } catch (error) {
    if (error instanceof PromqlError) return [`${expr}: ${error.message}`]
    throw error
  }
}

type Selector = Query & { kind: 'selector' }

function selectorsOf(query: Query): Selector[] {
  switch (query.kind) {
    case 'selector':
      return [query]
    case 'range':
      return selectorsOf(query.of)
    case 'call':
    case 'aggregate':
      return query.args.flatMap(selectorsOf)
    case 'binary':
      return [...selectorsOf(query.left), ...selectorsOf(query.right)]
    default:
      return []
  }
}
