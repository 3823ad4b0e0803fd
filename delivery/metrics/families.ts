import { Counter, Gauge, Histogram, type OpenMetricsContentType, type Registry } from 'prom-client'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** Every metric of the delivery plane. Labels are names from the configuration and closed lists, never an address or an object. */
export function createFamilies(registry: Registry<OpenMetricsContentType>) {
  const registers = [registry]
  const counter = <const L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name: `fairlead_${name}`, help, labelNames, registers })
  const gauge = <const L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name: `fairlead_${name}`, help, labelNames, registers })
  const histogram = <const L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    buckets = SECONDS,
  ) => new Histogram<L>({ name: `fairlead_${name}`, help, labelNames, buckets, registers })

  return {
    build: gauge('build_info', 'Always 1; the labels say what runs.', ['version', 'revision', 'node']),
    reloads: counter('config_reloads_total', 'Reloads of the configuration; a failed one keeps the old.', ['result']),
    configCurrent: gauge(
      'config_current',
      '1 while the configuration in force is the one that was read last; 0 after a reload that failed and kept an older one.',
    ),
    scrapeErrors: counter('scrape_errors_total', 'Scrapes that could not read the outbox and show older numbers.'),

    requests: counter('receiver_requests_total', 'Requests to the receiver, by source and status code.', [
      'source',
      'status',
    ]),
    requestSeconds: histogram('receiver_request_duration_seconds', 'Time to answer, the commit included.', ['source']),
    signatureFailures: counter(
      'receiver_signature_failures_total',
      'Requests whose credentials were wrong or missing.',
      ['source'],
    ),
    messages: counter(
      'messages_total',
      'What became of what came in: told, unmatched, folded, repeated, duplicate, recovered, summed_up or aged_out.',
      ['source', 'result'],
    ),
    episodes: gauge('episodes_open', 'Episodes that wait for their recovery.'),

    commitSeconds: histogram('outbox_commit_duration_seconds', 'Time until what came in was on disk.'),
    commitMessages: histogram('outbox_commit_messages', 'Messages that shared one commit.', [], SIZES),
    outboxWritable: gauge('outbox_writable', '1 while the outbox can be written.'),
    setAside: counter(
      'outbox_set_aside_total',
      'Damaged ledgers that were set aside; each is a file for a person to look into.',
    ),
    outboxMessages: gauge('outbox_messages', 'Messages in the outbox.'),
    outboxBytes: gauge('outbox_bytes', 'Size of the outbox.'),
    storageUsed: gauge('storage_used_ratio', 'Share in use of the volume, its inodes, or the largest ledger allowed.', [
      'resource',
    ]),
    storageLevel: gauge('storage_level', '0 fine, 1 over the warning share, 2 over the critical one.'),
    pruned: counter('retention_pruned_total', 'Messages that retention removed.'),
    retentionRuns: counter('retention_runs_total', 'Runs of retention.', ['result']),

    deliveries: counter('deliveries_total', 'Attempts that ended: delivered, retry or dead, by class of answer.', [
      'destination',
      'result',
      'class',
    ]),
    deliverySeconds: histogram('delivery_duration_seconds', 'Time of one attempt.', ['destination']),
    attempts: counter('attempts_total', 'Attempts to deliver.', ['destination']),
    queueDepth: gauge('queue_depth', 'Deliveries by state.', ['destination', 'state']),
    oldestPending: gauge(
      'oldest_pending_seconds',
      'Age of the oldest delivery that is not done; 0 when there is none.',
      ['destination'],
    ),
    deadLetters: gauge('dead_letters', 'Deliveries that were given up and wait for somebody.', ['destination']),
    destinationUp: gauge(
      'destination_up',
      '0 while the destination cannot be used as configured or is paused, and, until its next success, after an attempt that failed for what a person has to mend (credentials, address, certificate) or after four failures in a row. Otherwise 1: a process that makes no attempts knows nothing of these.',
      ['destination'],
    ),
    pushoverLimit: gauge('pushover_quota_limit', 'Messages that Pushover takes from the application each month.', [
      'destination',
    ]),
    pushoverRemaining: gauge(
      'pushover_quota_remaining',
      'What was left of them when Pushover last answered this process.',
      ['destination'],
    ),

    webhookEvents: counter('webhook_events_total', 'Attempts of webhook destinations: success, retry or error.', [
      'result',
    ]),
    webhookSeconds: histogram('webhook_latency_seconds', 'Time of one attempt of a webhook destination.'),
  }
}
