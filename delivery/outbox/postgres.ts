import { createGroups } from './group-commit.ts'
import type { Appended, OnCommit, Outbox, Settlement } from './outbox.ts'
import type { OnPoint } from './points.ts'
import { appendAll } from './postgres-append.ts'
import type { Arrival } from './postgres-append-plan.ts'
import { checkWritable, measure } from './postgres-care.ts'
import { claimDue, findNextDue } from './postgres-claim.ts'
import type { LeaseClock } from './postgres-claim-statement.ts'
import { type ClientOptions, createClient } from './postgres-client.ts'
import { countDeliveries } from './postgres-counts.ts'
import { findMessage, listDeliveries } from './postgres-list.ts'
import { discard, replay } from './postgres-operate.ts'
import { listPauses, pause, resume } from './postgres-pause.ts'
import { createPrune } from './postgres-prune.ts'
import { settleAll } from './postgres-settle.ts'
import { listState, readState } from './postgres-state.ts'
import { toMs } from './postgres-text.ts'
import { listUnmatched } from './postgres-unmatched.ts'

export type PostgresOutboxOptions = Pick<ClientOptions, 'address'> &
  Partial<ClientOptions> & {
    /** `database` unless one process alone moves its clock, as a test does. */
    leaseClock?: LeaseClock
    point?: OnPoint
    onCommit?: OnCommit
  }

// Five hundred small messages, or a few large ones: what a statement does in some milliseconds. Each subject of a group
// takes a lock from a table of Postgres that all sessions share, 6,400 by default (max_locks_per_transaction).
const MAX_GROUP_BYTES = 1024 * 1024
const MESSAGE_BYTES = 2000

/** The ledger in Postgres, which many replicas share. Its tables are there already: see migrateLedger. */
export function openPostgresOutbox({
  leaseClock = 'database',
  point = () => {},
  onCommit = () => {},
  ...options
}: PostgresOutboxOptions): Outbox {
  const client = createClient({ applicationName: 'fairlead-delivery', poolSize: 5, timeoutMs: 5000, ...options })
  const appends = createGroups<Arrival, Appended[]>({
    async commit(arrivals) {
      point('before-commit')
      const replies = await appendAll(client, arrivals, onCommit)
      point('after-commit')
      return replies
    },
    weigh: ({ batch }) =>
      batch.messages.reduce((bytes, { text }) => bytes + MESSAGE_BYTES + text.length, 0) +
      batch.state.reduce((bytes, entry) => bytes + (entry.bytes?.length ?? 0), 0),
    maxWeight: MAX_GROUP_BYTES,
  })
  const settlements = createGroups<readonly Settlement[], string[]>({
    async commit(groups) {
      point('before-settle')
      return (await settleAll(client, groups)).map(value => ({ value }))
    },
    weigh: group => group.length,
    maxWeight: 1000,
  })
  const prune = createPrune(client)
  return {
    append: (batch, now) => appends.add({ batch, now }),
    readState: (scope, key) => readState(client, scope, key),
    listState: scope => listState(client, scope),
    claim: (capacity, now, leaseMs) =>
      claimDue(client, capacity, { now: toMs(now), leaseMs: toMs(leaseMs), clock: leaseClock }),
    nextDue: destinations => findNextDue(client, destinations),
    settle: group => settlements.add(group),
    find: id => findMessage(client, id),
    list: filter => listDeliveries(client, filter),
    listUnmatched: page => listUnmatched(client, page),
    replay: (filter, now, spreadMs) => replay(client, filter, now, spreadMs),
    discard: (filter, now) => discard(client, filter, now, leaseClock),
    pause: (destination, reason, now) => pause(client, destination, reason, now),
    resume: destination => resume(client, destination),
    paused: () => listPauses(client),
    counts: () => countDeliveries(client),
    prune(before, limit) {
      point('during-vacuum')
      return prune(before, limit)
    },
    size: () => measure(client),
    check: () => checkWritable(client),
    async close() {
      await Promise.all([appends.idle(), settlements.idle()])
      await client.close()
    },
  }
}
