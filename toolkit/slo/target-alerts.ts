import type { Plan } from './plan.ts'
import { eventsIn, KEPT, recordedOf } from './recording.ts'
import type { Alert } from './rule.ts'

/** What holds for anything that Prometheus scrapes and that serves requests, whatever it promises. */
export function targetAlerts(plan: Plan): Alert[] {
  const { job, service, slos } = plan
  if (job === undefined) return []
  const up = `up{job="${job}"}`
  const traffic = `${eventsIn(5)}${recordedOf(plan, slos[0])}`
  const failures = `promhttp_metric_handler_errors_total{job="${job}"}`
  return [
    {
      alert: 'TargetDown',
      // What is gone altogether is not 0 but absent.
      expr: `${up} == 0\nor\nabsent(${up})`,
      for: '2m',
      labels: { severity: 'critical', service },
      unit: 'none',
      texts: ({ instance }) => ({
        summary: `${service} does not answer Prometheus.`,
        description: `For 2 minutes Prometheus has had no answer from ${orAll(instance)} of job ${job}. No other alert about it can be trusted.`,
      }),
      meaning: 'For 2 minutes a target has not answered Prometheus, or there is no target at all.',
      queries: [up, `last_over_time(${up}[1d])`],
    },
    {
      alert: 'NoTraffic',
      // The counters are absent before the first request; without a target there is TargetDown.
      expr: [
        `max by (${KEPT}) (${traffic}) == 0`,
        `or on (${KEPT})`,
        `(0 * max by (${KEPT}) (${up} == 1) unless on (${KEPT}) ${traffic})`,
      ].join('\n'),
      for: '10m',
      labels: { severity: 'info', service },
      unit: 'none',
      texts: () => ({
        summary: `Nobody asks ${service} for anything.`,
        description: `For 10 minutes ${service} has had no request but those of probes, scrapes and operators.`,
      }),
      meaning: 'For 10 minutes there has been no request. Probes, scrapes and admin routes are none.',
      queries: [traffic, up],
    },
    {
      alert: 'MetricsHandlerErrors',
      expr: `sum by (${KEPT}, instance) (increase(${failures}[5m])) > 0`,
      for: '10m',
      labels: { severity: 'warning', service },
      unit: 'none',
      texts: ({ instance }) => ({
        summary: `Scrapes of ${service} fail.`,
        description: `For 10 minutes scrapes of ${instance} have failed again and again because a collector of metrics threw. Other alerts see only a part.`,
      }),
      meaning:
        'For 10 minutes there has always been a scrape in the last 5 that failed because a collector threw, while others went well.',
      queries: [`sum by (instance, cause) (increase(${failures}[10m]))`, up],
    },
  ]
}

/** A target that is absent has no instance. */
const orAll = (instance: string | undefined) => {
  if (instance === undefined) return 'any target'
  return instance.startsWith('{{') ? '{{ with $labels.instance }}{{ . }}{{ else }}any target{{ end }}' : instance
}
