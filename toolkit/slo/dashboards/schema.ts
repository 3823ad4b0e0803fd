import * as v from 'valibot'

const text = v.pipe(v.string(), v.minLength(1))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
/** Always the one that is chosen above the panels. */
const datasource = v.strictObject({ type: v.literal('prometheus'), uid: v.literal(`\${datasource}`) })
const https = v.pipe(text, v.startsWith('https://'))

const gridPos = v.strictObject({ h: count, w: count, x: count, y: count })
const row = v.strictObject({
  ...{ id: count, type: v.literal('row'), title: text, gridPos },
  ...{ collapsed: v.literal(false), panels: v.tuple([]) },
})

const target = v.strictObject({
  ...{ refId: v.pipe(text, v.regex(/^[A-Z]$/)), datasource, expr: text },
  ...{ legendFormat: v.optional(text), exemplar: v.optional(v.boolean()) },
  ...{ instant: v.optional(v.boolean()), format: v.optional(v.literal('heatmap')) },
})

/** The units that we use, as Grafana names them (packages/grafana-data, valueFormats/categories.ts). */
const unit = v.picklist(['none', 's', 'bytes', 'percentunit', 'reqps', 'ops'])
const color = v.picklist(['green', 'red', 'orange'])
const defaults = v.strictObject({
  unit,
  ...{ min: v.optional(v.number()), max: v.optional(v.number()), decimals: v.optional(count) },
  color: v.optional(v.strictObject({ mode: v.picklist(['palette-classic', 'thresholds']) })),
  thresholds: v.optional(
    v.strictObject({
      mode: v.literal('absolute'),
      steps: v.pipe(v.array(v.strictObject({ color, value: v.nullable(v.number()) })), v.minLength(2)),
    }),
  ),
  mappings: v.optional(
    v.array(
      v.strictObject({
        type: v.literal('value'),
        options: v.record(text, v.strictObject({ text, color, index: count })),
      }),
    ),
  ),
  custom: v.optional(
    v.strictObject({
      ...{ lineWidth: count, fillOpacity: count, showPoints: v.picklist(['never', 'auto']), spanNulls: v.boolean() },
      stacking: v.optional(v.strictObject({ mode: v.literal('normal'), group: text })),
      thresholdsStyle: v.optional(v.strictObject({ mode: v.literal('dashed') })),
    }),
  ),
})

const panel = v.strictObject({
  ...{ id: count, type: v.picklist(['timeseries', 'stat', 'heatmap']), title: text },
  description: v.pipe(text, v.endsWith('.')),
  ...{ datasource, gridPos, targets: v.pipe(v.array(target), v.minLength(1)) },
  links: v.optional(v.array(v.strictObject({ title: text, url: https, targetBlank: v.literal(true) }))),
  fieldConfig: v.strictObject({ defaults, overrides: v.tuple([]) }),
  options: v.record(text, v.unknown()), // of the panel's own plugin
})

const variable = v.variant('type', [
  v.strictObject({
    ...{ name: v.literal('datasource'), label: text, type: v.literal('datasource') },
    ...{ query: v.literal('prometheus'), refresh: v.literal(1), current: v.strictObject({}) },
  }),
  v.strictObject({
    ...{ name: v.picklist(['job', 'instance']), label: text, type: v.literal('query'), datasource },
    ...{ definition: text, query: v.strictObject({ query: text, refId: text }) },
    ...{ multi: v.literal(true), includeAll: v.literal(true), allValue: v.literal('.+') },
    ...{ refresh: v.literal(2), sort: v.literal(1) }, // 2: again when the time range changes
    current: v.strictObject({ text: v.array(text), value: v.array(text) }),
  }),
])

/** What we use of Grafana's dashboards, and nothing else: a misspelt key would be ignored by Grafana without a word. */
export const DashboardFile = v.strictObject({
  ...{ uid: v.pipe(text, v.regex(/^[\w-]{1,40}$/)), title: text, description: text, tags: v.array(text) },
  ...{ schemaVersion: v.literal(42), version: v.literal(1), editable: v.literal(false), graphTooltip: v.literal(1) },
  ...{ timezone: v.literal('browser'), refresh: text, time: v.strictObject({ from: text, to: v.literal('now') }) },
  links: v.array(
    v.strictObject({
      ...{ type: v.picklist(['link', 'dashboards']), icon: text, title: text, tooltip: v.string(), url: v.string() },
      ...{ tags: v.array(text), targetBlank: v.boolean(), asDropdown: v.boolean() },
      ...{ includeVars: v.boolean(), keepTime: v.boolean() },
    }),
  ),
  templating: v.strictObject({ list: v.array(variable) }),
  annotations: v.strictObject({
    list: v.array(
      v.strictObject({
        ...{ name: text, datasource, enable: v.boolean(), hide: v.boolean(), iconColor: text, expr: text },
        ...{ titleFormat: text, textFormat: text, step: text },
      }),
    ),
  }),
  panels: v.array(v.variant('type', [row, panel])),
})

export type DashboardFile = v.InferOutput<typeof DashboardFile>
