import type { Panel } from './panel.ts'

/** A query, what its lines are called, and whether dots for single requests are drawn. */
export type Line = [query: string, legend: string, exemplars?: boolean]
type More = Partial<Panel>

/** Sizes, in Grafana's 24 columns. */
export const half = { width: 12, height: 8 } as const
const third = { width: 8, height: 8 } as const
const sixth = { width: 4, height: 4 } as const

/** The title, a sentence for whoever does not know the metric, and Grafana's name of the unit. */
type Head = [title: string, description: string, unit: string]

export const timeSeries = ([title, description, unit]: Head, lines: readonly Line[], more: More = {}): Panel => ({
  ...{ type: 'timeseries', title, description, unit, min: 0, ...third },
  targets: lines.map(([query, legend, exemplars = false]) => ({ query, legend, exemplars })),
  ...more,
})

/** The value of now, as a number. */
export const stat = ([title, description, unit]: Head, query: string, more: More = {}): Panel => ({
  ...{ type: 'stat', title, description, unit, targets: [{ query }], ...sixth },
  ...more,
})

/** How the observations of a histogram are spread; `query` is by `le`. */
export const heatmap = ([title, description, unit]: Head, query: string, more: More = {}): Panel => ({
  ...{ type: 'heatmap', title, description, unit, ...half },
  targets: [{ query, legend: '{{le}}', exemplars: true }],
  ...more,
})

/** What runs: the labels of a metric that is always 1. */
export const versions = (metric: string): Panel => ({
  ...{ type: 'stat', title: 'Version', description: 'What runs; two of them while one replaces the other.' },
  ...{
    unit: 'none',
    targets: [{ query: `count by (version, revision) (${metric})`, legend: '{{version}} {{revision}}' }],
  },
  ...{ showsName: true, ...sixth },
})
