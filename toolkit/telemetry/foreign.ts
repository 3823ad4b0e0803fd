/** Labels that Prometheus gives every series of a target; `namespace` where an operator of Kubernetes found it. */
export const targetLabels: readonly string[] = ['job', 'instance', 'namespace']

export type Foreign = { labels: readonly string[]; reason: string }

/**
 * Metrics that queries use though no process of ours shows them. Here only their labels are held; check-foreign.ts asks a
 * live Prometheus whether they are there.
 */
export const foreignMetrics: Readonly<Record<string, Foreign>> = {
  up: { labels: [], reason: 'Prometheus writes it for each scrape' },
  ALERTS: {
    labels: ['alertname', 'alertstate', 'severity', 'service'],
    reason: 'Prometheus writes it for each alert that is pending or fires; Watchdog always does',
  },
  prometheus_notifications_dropped_total: { labels: [], reason: 'Prometheus shows it' },
  alertmanager_notifications_failed_total: { labels: ['integration'], reason: 'Alertmanager shows it' },
}
