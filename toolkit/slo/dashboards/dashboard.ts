import { crc32 } from 'node:zlib'
import { datasource, type Panel, panelOf } from './panel.ts'
import { type Json, printJson } from './print-json.ts'

export type Row = { title: string; panels: readonly Panel[] }

export type Dashboard = {
  uid: string
  title: string
  description: string
  /** The metric whose job and instances can be chosen, and the job that is chosen at first. */
  buildInfo: string
  job: string
  rows: readonly Row[]
  repository: string
}

/** Grafana's last schema of this kind; it reads it as it stands (https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/). */
const SCHEMA_VERSION = 42
const COLUMNS = 24

/** The text of the file. Same input, same bytes. */
export function printDashboard(dashboard: Dashboard): string {
  const { uid, title, description, repository, rows } = dashboard
  const runbooks = `${repository}/blob/main/monitoring/runbooks`
  const link = {
    type: 'link',
    icon: 'doc',
    title: 'Runbooks',
    tooltip: 'What to do, by the name of the alert',
    url: runbooks,
  }
  const contents = {
    ...{ uid, title, description, tags: ['fairlead'], schemaVersion: SCHEMA_VERSION, version: 1 },
    ...{ editable: false, graphTooltip: 1, timezone: 'browser', refresh: '30s', time: { from: 'now-3h', to: 'now' } },
    links: [
      { ...link, targetBlank: true, asDropdown: false, includeVars: false, keepTime: false, tags: [] },
      {
        ...{ type: 'dashboards', icon: 'external link', title: 'Others', tooltip: '', url: '', tags: ['fairlead'] },
        ...{ targetBlank: false, asDropdown: true, includeVars: false, keepTime: true },
      },
    ],
    templating: { list: variablesOf(dashboard) },
    annotations: { list: [firing(dashboard.job)] },
    panels: layOut(rows, runbooks),
  }
  return printJson(contents, [dashboard.job, repository])
}

const variablesOf = ({ buildInfo, job }: Dashboard): Json[] => {
  const query = (name: string, label: string, definition: string, current: Json): Json => ({
    ...{ name, label, type: 'query', datasource, definition, query: { query: definition, refId: name } },
    ...{ multi: true, includeAll: true, allValue: '.+', refresh: 2, sort: 1, current },
  })
  return [
    { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', refresh: 1, current: {} },
    query('job', 'Job', `label_values(${buildInfo}, job)`, { text: [job], value: [job] }),
    query('instance', 'Instance', `label_values(${buildInfo}{job=~"$job"}, instance)`, {
      text: ['All'],
      value: ['$__all'],
    }),
  ]
}

/** A line through every panel while an alert fires. */
const firing = (service: string): Json => ({
  ...{ name: 'Firing alerts', datasource, enable: true, hide: false, iconColor: 'red' },
  expr: `ALERTS{alertstate="firing", service="${service}"}`,
  ...{ titleFormat: '{{alertname}}', textFormat: '{{severity}}', step: '60s' },
})

/** Rows one below the other; panels from left to right, on the next line where one does not fit. */
function layOut(rows: readonly Row[], runbooks: string): Json[] {
  let y = 0
  return rows.flatMap(({ title, panels }) => {
    const head = {
      id: idOf(title),
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
    }
    y += 1
    let x = 0
    let height = 0
    const placed = panels.map(panel => {
      if (x + panel.width > COLUMNS) {
        x = 0
        y += height
        height = 0
      }
      const place = { x, y }
      x += panel.width
      height = Math.max(height, panel.height)
      return panelOf(panel, idOf(`${title}/${panel.title}`), place, runbooks)
    })
    y += height
    return [head, ...placed]
  })
}

/** From the title, within what a 32 bit integer holds; the lint finds two that meet. */
const idOf = (title: string) => crc32(title) >>> 1
