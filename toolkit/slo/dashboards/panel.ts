import type { Json } from './print-json.ts'

export const datasource = { type: 'prometheus', uid: `\${datasource}` } // Grafana's variable, not ours

type Target = { query: string; legend?: string; exemplars?: boolean }

/** What differs from panel to panel; `panelOf` adds what all of them have. */
export type Panel = {
  type: 'timeseries' | 'stat' | 'heatmap'
  title: string
  description: string
  unit: string
  targets: readonly Target[]
  /** Of 24. */
  width: number
  height: number
  /** The alert whose runbook helps with what the panel shows. */
  runbook?: string
  /** Where the colour turns, from one value up: green below the first. */
  limits?: readonly [color: string, from: number][]
  min?: number
  max?: number
  decimals?: number
  isStacked?: boolean
  /** Words in the place of values, such as `up` for 1. */
  words?: Readonly<Record<string, [text: string, color: string]>>
  /** A stat shows this label instead of the value. */
  showsName?: boolean
}

/** The panel as Grafana has it in a dashboard. Its id comes from its title, so that it stays when others come and go. */
export function panelOf(panel: Panel, id: number, place: { x: number; y: number }, runbooks: string): Json {
  const { type, title, description, targets, width: w, height: h, runbook } = panel
  const url = `${runbooks}/${runbook}.md`
  return {
    ...{ id, type, title, description, datasource, gridPos: { h, w, ...place } },
    ...(runbook !== undefined && { links: [{ title: `Runbook: ${runbook}`, url, targetBlank: true }] }),
    targets: targets.map((target, index) => targetOf(target, type, index)),
    fieldConfig: { defaults: defaultsOf(panel), overrides: [] },
    options: optionsOf(panel),
  }
}

const targetOf = ({ query, legend, exemplars = false }: Target, type: Panel['type'], index: number): Json => ({
  ...{ refId: String.fromCharCode('A'.charCodeAt(0) + index), datasource, expr: query },
  ...(legend !== undefined && { legendFormat: legend }),
  ...(exemplars && { exemplar: true }),
  ...(type === 'heatmap' && { format: 'heatmap' }),
  ...(type === 'stat' && { instant: true }),
})

function defaultsOf({ type, unit, min, max, decimals, limits, words, isStacked = false }: Panel): Json {
  const steps = [['green', null] as const, ...(limits ?? [])].map(([color, value]) => ({ color, value }))
  const isTimeSeries = type === 'timeseries'
  return {
    ...{ unit, min, max, decimals },
    ...(limits && {
      color: { mode: isTimeSeries ? 'palette-classic' : 'thresholds' },
      thresholds: { mode: 'absolute', steps },
    }),
    ...(words && { mappings: [{ type: 'value', options: mapped(words) }] }),
    ...(isTimeSeries && {
      custom: {
        ...{ lineWidth: 1, fillOpacity: isStacked ? 30 : 5, showPoints: 'never', spanNulls: false },
        ...(isStacked && { stacking: { mode: 'normal', group: 'A' } }),
        ...(limits && { thresholdsStyle: { mode: 'dashed' } }),
      },
    }),
  }
}

const mapped = (words: NonNullable<Panel['words']>): Json =>
  Object.fromEntries(Object.entries(words).map(([value, [text, color]], index) => [value, { text, color, index }]))

function optionsOf({ type, targets, showsName = false }: Panel): Json {
  switch (type) {
    case 'timeseries':
      return {
        legend: {
          displayMode: 'table',
          placement: 'bottom',
          showLegend: targets.some(({ legend }) => legend !== undefined),
          calcs: ['lastNotNull', 'max'],
        },
        tooltip: { mode: 'multi', sort: 'desc' },
      }
    case 'stat':
      return {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        ...{ colorMode: 'value', graphMode: 'none', textMode: showsName ? 'name' : 'value', justifyMode: 'auto' },
      }
    case 'heatmap':
      return {
        calculate: false,
        color: { mode: 'scheme', scheme: 'Blues', steps: 64, reverse: false, exponent: 0.5, fill: 'dark-blue' },
        ...{ cellGap: 1, yAxis: { unit: 's', axisPlacement: 'left' }, tooltip: { mode: 'single', yHistogram: true } },
        ...{ exemplars: { color: 'orange' }, legend: { show: true }, filterValues: { le: 1e-9 } },
      }
  }
}
