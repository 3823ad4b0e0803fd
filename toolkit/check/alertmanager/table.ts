export type Labels = Record<string, string>

/** Who is told about what: label sets, and the receiver of prometheus/alertmanager.yml. */
export const routes: readonly (readonly [receiver: string, labels: Labels])[] = [
  ['delivery', { alertname: 'TargetDown', severity: 'critical', service: 'hello-world' }],
  ['delivery', { alertname: 'HighErrorRate', severity: 'warning', service: 'hello-world' }],
  ['delivery', { alertname: 'NoTraffic', severity: 'info', service: 'hello-world' }],
  ['delivery', { alertname: 'Unthought', severity: 'page', service: 'another' }],
  ['delivery', { alertname: 'WithoutLabels' }],
  ['direct', { alertname: 'Watchdog', severity: 'none' }],
  ['direct', { alertname: 'Watchdog', severity: 'critical', service: 'hello-world' }],
  ['direct', { alertname: 'FairleadDeliveryAbsent', severity: 'critical', service: 'fairlead-delivery' }],
  ['direct', { alertname: 'FairleadBacklogOld', severity: 'warning', service: 'fairlead-delivery' }],
  ['direct', { alertname: 'FairleadIntakeBudgetBurnFast', severity: 'critical', service: 'fairlead-delivery' }],
]

export type Scene = {
  what: string
  /** `<alert> <severity>`, of one service; with a third word, of another one. */
  firing: readonly string[]
  silenced: readonly string[]
}

/** Which of the alerts that fire at once stay quiet. */
export const scenes: readonly Scene[] = [
  {
    what: 'a target that does not answer explains all else of its service, and nothing of another',
    firing: [
      'TargetDown critical',
      'ErrorBudgetBurnFast critical',
      'HighErrorRate warning',
      'NoTraffic info',
      'HighErrorRate warning other',
      'Watchdog none',
    ],
    silenced: ['ErrorBudgetBurnFast critical', 'HighErrorRate warning', 'NoTraffic info'],
  },
  {
    what: 'critical silences warning and info of the same service, and not critical',
    firing: [
      'FairleadDeliveryAbsent critical',
      'FairleadOutboxUnwritable critical',
      'FairleadBacklogOld warning',
      'Watchdog info',
    ],
    silenced: ['FairleadBacklogOld warning'],
  },
  {
    what: 'critical of one service silences nothing of another',
    firing: ['FairleadDeliveryAbsent critical', 'HighErrorRate warning other'],
    silenced: [],
  },
  {
    what: 'the burn rate of errors silences the threshold on errors, and not the one on latency',
    firing: ['ErrorBudgetBurnSlow warning', 'HighErrorRate warning', 'HighLatencyP95 warning'],
    silenced: ['HighErrorRate warning'],
  },
  {
    what: 'the burn rate of latency silences the threshold on latency, and not the one on errors',
    firing: ['LatencyBudgetBurnSlow warning', 'HighErrorRate warning', 'HighLatencyP95 warning'],
    silenced: ['HighLatencyP95 warning'],
  },
  {
    what: 'the burn rate of one service silences nothing of another',
    firing: ['ErrorBudgetBurnSlow warning', 'HighErrorRate warning other'],
    silenced: [],
  },
  {
    what: 'warning silences info, and never Watchdog',
    firing: ['HighErrorRate warning', 'NoTraffic info', 'Watchdog info'],
    silenced: ['NoTraffic info'],
  },
  {
    what: 'two targets that do not answer are both told',
    firing: ['TargetDown critical', 'TargetDown critical other'],
    silenced: [],
  },
  { what: 'alone, none is silent', firing: ['HighLatencyP95 warning'], silenced: [] },
  { what: 'info alone is told', firing: ['NoTraffic info'], silenced: [] },
]
