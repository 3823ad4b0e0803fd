import { both, type Condition, databaseTraffic, flagged, noTraffic, stopped } from './condition.ts'
import { configured, deadDestination, messages, stranger } from './delivery-condition.ts'

export type Drill = {
  /** What is asked for: an alert, or something worse that shows itself as one. */
  name: string
  alert: string
  /** Completes "when …". */
  when: string
  /** Absent for an alert that always fires: it must come again instead. */
  condition?: Condition
  /** Alerts that would silence it. In earnest days of good traffic keep them quiet, which a drill does not have. */
  without?: string[]
  /** How long one stage may take; three minutes unless said. */
  patienceMinutes?: number
}

const half = flagged('fault_error_rate', 'half')
const slow = flagged('fault_latency_ms', 'slow')

/** The least that a ledger may be. */
const smallLedger = configured({ 'storage.maxSize': '1MiB', 'storage.every': '1s' }, { restart: true })

/** In the order in which they run: what leaves errors behind in the long windows comes last. */
export const drills: Drill[] = [
  { name: 'Watchdog', alert: 'Watchdog', when: 'all is well' },
  row('NoTraffic', 'nobody asks the service for anything', noTraffic),
  row('TargetDown', 'the service is stopped', stopped('service')),
  row('MetricsHandlerErrors', 'a collector throws at every other scrape', flagged('fault_metrics_handler', 'on')),

  row('FairleadDeliveryAbsent', 'the delivery plane is stopped', stopped('delivery')),
  row('FairleadDestinationDown', 'a destination refuses connections', both(deadDestination(1000), messages(1))),
  row('FairleadBacklogOld', 'a message waits for a destination that is down', both(deadDestination(1000), messages(1))),
  row('FairleadDeadLetters', 'deliveries are given up', both(deadDestination(1), messages(2))),
  row('FairleadDeliveryBudgetBurnFast', 'most deliveries are given up', both(deadDestination(1), messages(20))),
  row('FairleadIntakeBudgetBurnFast', 'the ledger is full', both(smallLedger, messages(80, 35_000))),
  row('FairleadReloadFailed', 'the configuration has a mistake', configured({ 'storage.warning': 7 })),
  row('FairleadSenderRefused', 'somebody sends with a wrong token', stranger()),
  row(
    'FairleadStorageWarning',
    'more of the storage is used than the configuration likes',
    configured({ 'storage.warning': 0.000001 }),
  ),
  row(
    'FairleadStorageCritical',
    'nearly all of the storage is used',
    configured({ 'storage.warning': 0.000001, 'storage.critical': 0.000001 }),
  ),

  row('ErrorBudgetBurnSlow', 'half of the requests fail, and the fast alert is taken away', half, {
    without: ['ErrorBudgetBurnFast'],
    patienceMinutes: 15,
  }),
  row('LatencyBudgetBurnSlow', 'every request takes a second, and the fast alert is taken away', slow, {
    without: ['LatencyBudgetBurnFast'],
    patienceMinutes: 15,
  }),
  row('HighErrorRate', 'half of the requests fail', half, { without: ['ErrorBudgetBurnFast', 'ErrorBudgetBurnSlow'] }),
  row('HighLatencyP95', 'every request takes a second', slow, {
    without: ['LatencyBudgetBurnFast', 'LatencyBudgetBurnSlow'],
  }),
  row('ErrorBudgetBurnFast', 'half of the requests fail', half, { patienceMinutes: 10 }),
  row('LatencyBudgetBurnFast', 'every request takes a second', slow, { patienceMinutes: 10 }),
  {
    ...row('ErrorBudgetBurnFast', 'the database is stopped', both(databaseTraffic, stopped('postgres'))),
    name: 'DatabaseGone',
    patienceMinutes: 10,
  },
]

/** Why nothing makes these true on one machine. Each is held by its tests in monitoring/tests. */
export const undrilled: Record<string, string> = {
  FairleadDeliveryDown: 'it is about one instance of several, and the local stack has one',
  FairleadOutboxUnwritable:
    'what makes it true holds up every answer to Prometheus for seconds, longer than a scrape of a drill may take',
  FairleadIntakeBudgetBurnSlow: 'made from the lines of ErrorBudgetBurnSlow, which is drilled',
  FairleadDeliveryBudgetBurnSlow: 'made from the lines of ErrorBudgetBurnSlow, which is drilled',
  FairleadLedgerSetAside:
    'a damaged ledger stays told for six hours; delivery/outbox/sqlite-damage.test.ts damages one',
}

function row(alert: string, when: string, condition: Condition, more: Partial<Drill> = {}): Drill {
  return { name: alert, alert, when, condition, ...more }
}
