import type { Plan } from './plan.ts'

export type Recording = { record: string; expr: string; labels: Record<string, string> }

/** What texts show of the series that fires: templates in rules, values in their tests. */
export type Shown = { value: string; instance: string | undefined }

export type Alert = {
  alert: string
  expr: string
  for?: string
  labels: { severity: 'critical' | 'warning' | 'info'; service: string; slo?: string }
  /** How the value is shown. */
  unit: 'share' | 'seconds' | 'none'
  texts: (shown: Shown) => { summary: string; description: string }
  /** When it fires, and what to look at first: for the runbook. */
  meaning: string
  queries: string[]
}

export type Group = { name: string; interval?: string; rules: (Recording | Alert)[] }

/** Annotations as the rule file has them, or, with values, as a test expects them. */
export function annotationsOf(alert: Alert, plan: Plan, shown: Shown = templatesOf(alert)): Record<string, string> {
  const at = `${plan.repository}/blob/main/monitoring`
  return {
    ...alert.texts(shown),
    runbook_url: `${at}/runbooks/${alert.alert}.md`,
    dashboard_url: `${at}/dashboards/${plan.stem}.json`,
  }
}

const formats = { share: 'humanizePercentage', seconds: 'humanizeDuration', none: 'humanize' }

const templatesOf = ({ unit }: Alert): Shown => ({
  value: `{{ $value | ${formats[unit]} }}`,
  instance: '{{ $labels.instance }}',
})
