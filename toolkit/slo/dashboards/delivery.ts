import type { Plan } from '../plan.ts'
import { printDashboard, type Row } from './dashboard.ts'
import { half, heatmap, stat, timeSeries, versions } from './panels.ts'
import { processRow } from './process.ts'
import { increase, own, quantile, rate, sumBy } from './queries.ts'
import { objectives } from './slo.ts'

/** Of what every replica shows in the same way, because it is read from one ledger. */
const once = (labels: readonly string[], query: string) => `max by (${labels.join(', ')}) (${query})`

/** Along the way of a message: in, onto the disk, out. */
export const deliveryDashboard = (plan: Plan): string =>
  printDashboard({
    ...{ uid: plan.service, title: 'Delivery plane', job: plan.job ?? plan.service, buildInfo: 'fairlead_build_info' },
    description: 'The delivery plane: what comes in, what waits, what reaches whom.',
    repository: plan.repository,
    rows: [glance, objectives(plan), intake, outbox, destinations, upkeep, processRow],
  })

const upOrDown = { 0: ['down', 'red'], 1: ['up', 'green'] } as const satisfies Record<number, [string, string]>

const glance: Row = {
  title: 'At a glance',
  panels: [
    stat(
      ['Outbox writable', 'Whether every instance can write it; if not, senders get 503.', 'none'],
      `min(${own('fairlead_outbox_writable')})`,
      { words: { 0: ['no', 'red'], 1: ['yes', 'green'] }, runbook: 'FairleadOutboxUnwritable' },
    ),
    stat(
      ['Oldest waiting', 'The age of the oldest delivery that is not done.', 's'],
      `max(${own('fairlead_oldest_pending_seconds')})`,
      { limits: [['red', 900]], runbook: 'FairleadBacklogOld' }, // as monitoring/rules/delivery.yaml
    ),
    stat(
      ['Dead letters', 'Deliveries that were given up and wait for somebody.', 'none'],
      `sum(${once(['destination'], own('fairlead_dead_letters'))})`,
      { limits: [['red', 1]], decimals: 0, runbook: 'FairleadDeadLetters' },
    ),
    stat(
      ['Destinations up', 'Those whose last attempts did not fail, and that are not paused.', 'none'],
      `sum(min by (destination) (${own('fairlead_destination_up')}))`,
      { decimals: 0, runbook: 'FairleadDestinationDown' },
    ),
    stat(
      ['Ledgers set aside', 'Damaged ledgers since the start; each is a file for a person to look into.', 'none'],
      `max(${own('fairlead_outbox_set_aside_total')})`,
      { limits: [['red', 1]], decimals: 0, runbook: 'FairleadLedgerSetAside' },
    ),
    versions(own('fairlead_build_info')),
  ],
}

const intake: Row = {
  title: 'Coming in',
  panels: [
    timeSeries(
      ['Requests', 'To the receiver, by source and status; 503 asks the sender to come again.', 'reqps'],
      [[sumBy(['source', 'status'], rate('fairlead_receiver_requests_total')), '{{source}} {{status}}']],
      { ...half, isStacked: true, runbook: 'FairleadOutboxUnwritable' },
    ),
    timeSeries(
      ['Time to answer', 'Of the receiver, the commit included; Flux gives up after 15 s.', 's'],
      [0.5, 0.99].map(share => [quantile(share, 'fairlead_receiver_request_duration_seconds'), `p${share * 100}`]),
      half,
    ),
    timeSeries(
      ['What became of it', 'Told, folded into an episode, repeated, recovered, or told to nobody (unmatched).', 'ops'],
      [[sumBy(['source', 'result'], rate('fairlead_messages_total')), '{{source}} {{result}}']],
      { isStacked: true },
    ),
    timeSeries(
      ['Open episodes', 'Problems that were told and wait for their recovery.', 'none'],
      [[once(['namespace'], own('fairlead_episodes_open')), 'open']],
    ),
    timeSeries(
      ['Refused credentials', 'Requests whose token or signature was wrong or missing.', 'reqps'],
      [[sumBy(['source'], rate('fairlead_receiver_signature_failures_total')), '{{source}}']],
    ),
  ],
}

const outbox: Row = {
  title: 'Outbox',
  panels: [
    timeSeries(
      ['Time to commit', 'Until what came in was on disk.', 's'],
      [0.5, 0.99].map(share => [quantile(share, 'fairlead_outbox_commit_duration_seconds'), `p${share * 100}`]),
      { runbook: 'FairleadOutboxUnwritable' },
    ),
    timeSeries(
      ['Messages in one commit', 'On average and at most nearly: more come together when the disk is slow.', 'none'],
      [
        [
          `sum(${rate('fairlead_outbox_commit_messages_sum')}) / sum(${rate('fairlead_outbox_commit_messages_count')})`,
          'average',
        ],
        [quantile(0.99, 'fairlead_outbox_commit_messages'), 'p99'],
      ],
    ),
    timeSeries(
      ['Messages in the outbox', 'All of them, until retention removes what ended well.', 'none'],
      [[once(['namespace'], own('fairlead_outbox_messages')), 'messages']],
    ),
  ],
}

const destinations: Row = {
  title: 'Going out',
  panels: [
    timeSeries(
      [
        'Backlog',
        'Deliveries that are not done, by destination and state; parked ones wait for a pause to end.',
        'none',
      ],
      [[once(['destination', 'state'], own('fairlead_queue_depth', 'state!="dead"')), '{{destination}} {{state}}']],
      { ...half, runbook: 'FairleadBacklogOld' },
    ),
    timeSeries(
      ['Age of the oldest', 'The oldest delivery that is not done, by destination.', 's'],
      [[once(['destination'], own('fairlead_oldest_pending_seconds')), '{{destination}}']],
      { ...half, limits: [['red', 900]], runbook: 'FairleadBacklogOld' },
    ),
    timeSeries(
      ['Attempts', 'How they ended, by destination, result and class of answer.', 'ops'],
      [
        [
          sumBy(['destination', 'result', 'class'], rate('fairlead_deliveries_total')),
          '{{destination}} {{result}} {{class}}',
        ],
      ],
      { ...half, runbook: 'FairleadDestinationDown' },
    ),
    timeSeries(
      ['Time of an attempt', 'By destination.', 's'],
      [0.5, 0.99].map(share => [
        quantile(share, 'fairlead_delivery_duration_seconds', ['destination']),
        `{{destination}} p${share * 100}`,
      ]),
      half,
    ),
    heatmap(
      ['Attempts by their time', 'How many attempts took how long, of all destinations.', 's'],
      sumBy(['le'], increase('fairlead_delivery_duration_seconds_bucket')),
    ),
    timeSeries(
      ['Dead letters by destination', 'They stay until somebody replays or discards them.', 'none'],
      [[once(['destination'], own('fairlead_dead_letters')), '{{destination}}']],
      { width: 6, height: 8, runbook: 'FairleadDeadLetters' },
    ),
    timeSeries(
      ['Destinations', 'Which of them work.', 'none'],
      [[`min by (destination) (${own('fairlead_destination_up')})`, '{{destination}}']],
      { width: 6, height: 8, max: 1, words: upOrDown, runbook: 'FairleadDestinationDown' },
    ),
  ],
}

const upkeep: Row = {
  title: 'Storage and configuration',
  panels: [
    timeSeries(
      ['Storage in use', 'The share of the volume, of its inodes, or of the largest ledger allowed.', 'percentunit'],
      [[once(['resource'], own('fairlead_storage_used_ratio')), '{{resource}}']],
      { max: 1, runbook: 'FairleadStorageWarning' },
    ),
    timeSeries(
      ['Size of the outbox', 'What it occupies.', 'bytes'],
      [[once(['namespace'], own('fairlead_outbox_bytes')), 'outbox']],
      { runbook: 'FairleadStorageWarning' },
    ),
    timeSeries(
      ['Level of storage', '0 is fine, 1 is over the warning share, 2 over the critical one.', 'none'],
      [[once(['namespace'], own('fairlead_storage_level')), 'level']],
      { max: 2, runbook: 'FairleadStorageCritical' },
    ),
    timeSeries(
      ['Retention', 'Runs, and the messages that they removed.', 'ops'],
      [
        [sumBy(['result'], rate('fairlead_retention_runs_total')), 'runs {{result}}'],
        [`sum(${rate('fairlead_retention_pruned_total')})`, 'removed'],
      ],
    ),
    timeSeries(
      ['Reloads of the configuration', 'A failed one keeps the old configuration.', 'ops'],
      [[sumBy(['result'], rate('fairlead_config_reloads_total')), '{{result}}']],
    ),
    timeSeries(
      ['Scrapes with old numbers', 'Those that could not read the outbox.', 'ops'],
      [[`sum(${rate('fairlead_scrape_errors_total')})`, 'scrapes']],
      { runbook: 'FairleadOutboxUnwritable' },
    ),
  ],
}
