import type { Message } from '../message.ts'
import type { Decision } from '../rules.ts'

/** A message as a receiver hands it in; the outbox adds the sequence. */
export type NewMessage = Omit<Message, 'sequence'> & {
  /** Names of the destinations that rules chose; none is an unmatched message, kept for its decisions only. */
  destinations: readonly string[]
  /** Why, rule by rule; kept beside the message for whoever asks. */
  decisions: readonly Decision[]
  /** Within `forMs`, a second message with this key is not written: the answer then names the first one's id. */
  once?: { key: string; forMs: number }
}

/** Bytes that belong to a writer (an episode, a watch cursor), committed with the messages they explain. undefined deletes. */
export type StateEntry = { scope: string; key: string; bytes: Uint8Array | undefined }

/** All or nothing, and data only, so that one commit can hold those of many callers. */
export type Batch = { messages: readonly NewMessage[]; state: readonly StateEntry[] }
export type Appended = { id: string; sequence: number; duplicate: boolean }

/** pending waits for its time or a worker; leased is with one until leaseUntil; parked waits for its destination to be resumed. */
export type DeliveryState = 'pending' | 'leased' | 'parked' | 'delivered' | 'dead' | 'discarded'

export type Delivery = {
  messageId: string
  destination: string
  state: DeliveryState
  /** Attempts made so far; a replay starts again at 0 and keeps the history. */
  attempt: number
  nextAttemptAt: number
  firstAttemptAt?: number
  leaseUntil?: number
  lastAnswer?: string
}

/**
 * One delivery lent to one worker. `attempt` counts from 1; `firstAttemptAt` is absent on the first. `token` is what settle
 * must show. It fits once, also after the lease ran out, until the delivery is lent to somebody else or discarded.
 */
export type Claim = { message: Message; destination: string; attempt: number; firstAttemptAt?: number; token: string }

/** What became of a claim. `answer` is what was tried and how it was answered, short, without secrets. */
export type Settlement = { token: string; messageId: string; destination: string; at: number; answer: string } & (
  | { kind: 'delivered' }
  | { kind: 'retry'; nextAttemptAt: number }
  | { kind: 'dead' }
  /** Given back untried (shutdown): the attempt does not count. */
  | { kind: 'released' }
)

/** What a destination may take now. `ordered`: at most one delivery per subject at a time, oldest first. */
export type Capacity = { destination: string; free: number; ordered: boolean }

/** `since` is a time of occurrence (RFC 3339), `subject` a subjectKey, `after` the id of the last message of the page before. */
export type Page = { since?: string; subject?: string; limit?: number; after?: string }
export type Filter = Page & { destination?: string; state?: DeliveryState }

/**
 * The ledger of messages and deliveries. Two stores (SQLite, Postgres) pass one contract suite (contract.ts).
 * Times are milliseconds since the epoch and come in as arguments, so that a test moves them.
 */
export interface Outbox {
  /**
   * Resolves when the batch is on disk. Any rejection but OutboxUnavailable means that the batch is wrong and nothing of
   * it was kept. OutboxUnavailable is ambiguous: a connection, or the thread of the ledger, may have been lost after the
   * commit. So the caller appends the same batch again, with the same ids, and that is safe:
   * - A batch of which an id is known is a retry when all of it is known, each message by its id with the same content or
   *   by its live `once` key. It is answered with the first sequences and `duplicate: true`, and writes nothing: not its
   *   state either, which was committed with the messages and may have been replaced since.
   * - When only a part is known it is no retry, since a batch is kept whole or not at all: somebody gave an id twice, and
   *   the whole batch is refused. So is one that holds an id twice.
   * - Messages that only their `once` key makes duplicates came with another id, so their batch is a new one: the rest of
   *   it and its state are written. A batch without messages writes its state each time.
   * A message is known until retention removes it.
   */
  append(batch: Batch, now: number): Promise<Appended[]>
  readState(scope: string, key: string): Promise<Uint8Array | undefined>
  listState(scope: string): Promise<{ key: string; bytes: Uint8Array }[]>

  /** Leases what is due, oldest first, at most `free` for each destination; one that is full or paused delays no other. */
  claim(capacity: readonly Capacity[], now: number, leaseMs: number): Promise<Claim[]>
  /** Records outcomes, many in one commit. Resolves to the tokens that no longer fitted: somebody else has them now. */
  settle(settlements: readonly Settlement[]): Promise<string[]>
  /** When a claim for these destinations can next return something: the earliest due time or end of a lease. */
  nextDue(destinations: readonly string[]): Promise<number | undefined>

  find(
    messageId: string,
  ): Promise<
    { message: Message; decisions: readonly Decision[]; deliveries: Delivery[]; attempts: Attempt[] } | undefined
  >
  /** Oldest first, 100 unless told; a message is never split, so the last one may exceed `limit`. */
  list(filter: Filter): Promise<{ message: Message; delivery: Delivery }[]>
  /** Messages without a delivery, because no rule chose them; oldest first, 100 unless told. */
  listUnmatched(page: Page): Promise<Message[]>
  /** dead (and, when asked for one message, discarded) back to pending, spread over `spreadMs`; delivered ones are refused. Resolves to how many. */
  replay(filter: Filter & { messageId?: string }, now: number, spreadMs: number): Promise<number>
  /** What waits, is parked or dead ends as discarded; what is in flight is left. */
  discard(filter: Filter & { messageId?: string }, now: number): Promise<number>
  /** Parked deliveries wait, whatever their time, until the destination is resumed. Kept over restarts. */
  pause(destination: string, reason: string, now: number): Promise<void>
  resume(destination: string, now: number): Promise<void>
  paused(): Promise<{ destination: string; reason: string; since: number }[]>

  /** `oldest`: when the oldest message of these came in. */
  counts(): Promise<{ destination: string; state: DeliveryState; count: number; oldest: number }[]>
  /** Removes messages all of whose deliveries ended well (delivered, discarded) before `before`, and gives the space back. Dead ones stay. */
  prune(before: number, limit: number): Promise<number>
  size(): Promise<{ bytes: number; messages: number }>
  /** Rejects when the ledger cannot be written now. */
  check(): Promise<void>
  close(): Promise<void>
}

/** One try, as `messages show` prints it. */
export type Attempt = { destination: string; attempt: number; at: number; kind: Settlement['kind']; answer: string }

/**
 * The ledger cannot be used now: it is at its limit or its disk is, or its answer got lost. Whoever wrote tries again; what
 * a receiver got is answered with 503, and the sender comes again.
 */
export class OutboxUnavailable extends Error {
  override name = 'OutboxUnavailable'
}

/** Told once for each commit that wrote messages, with how many; batches without new ones do not count. */
export type OnCommit = (messages: number) => void

export const takenId = (id: string) =>
  `the message id "${id}" is taken, and nothing of its batch was kept; give every message an id of its own`
