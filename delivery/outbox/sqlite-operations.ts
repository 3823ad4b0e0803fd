import type { Appended, Capacity, Delivery, Filter, Page, Settlement } from './outbox.ts'

/** A message as it crosses to the worker: what the ledger looks at, and the rest as text. */
export type MessageRow = {
  id: string
  time: number
  subject: string
  body: string
  decisions: string
  destinations: readonly string[]
  once: { key: string; forMs: number } | undefined
}
type StateRow = { scope: string; key: string; bytes: Uint8Array | undefined }
export type ClaimRow = {
  sequence: number
  body: string
  destination: string
  attempt: number
  firstAttemptAt: number | undefined
  token: string
}
export type DeliveryRow = Delivery & { tries: string | null }
type FoundRow = { sequence: number; body: string; decisions: string; deliveries: DeliveryRow[] }
export type ListRow = { sequence: number; body: string; delivery: Delivery }
/** A delivery by the numbers of its message and destination. */
export type Place = { seq: number; dest: number }
/** `next` is where the search goes on; absent at the end of the ledger. */
export type Matches = { places: Place[]; next?: number }

/** Everything the facade asks of the worker. Each call does little, so that commits never wait long for it. */
export type Operations = {
  append(input: { messages: MessageRow[]; state: readonly StateRow[]; now: number }): Appended[]
  readState(input: { scope: string; key: string }): Uint8Array | undefined
  listState(input: { scope: string }): { key: string; bytes: Uint8Array }[]
  claim(input: { capacity: readonly Capacity[]; now: number; leaseMs: number }): ClaimRow[]
  settle(input: { settlements: readonly Settlement[] }): string[]
  nextDue(input: { destinations: readonly string[] }): number | undefined
  find(input: { messageId: string }): FoundRow | undefined
  /** The sequence of a message, for a page that goes on after it. */
  sequenceOf(input: { messageId: string }): number | undefined
  match(input: { filter: Filter & { messageId?: string }; from: number; max: number }): Matches
  show(input: { places: readonly Place[] }): ListRow[]
  /** Looks at `max` messages without a delivery and answers those of them that fit; `next` as in `match`. */
  unmatched(input: { page: Pick<Page, 'since' | 'subject'>; from: number; max: number; limit: number }): {
    rows: { sequence: number; body: string }[]
    next?: number
  }
  replay(input: { places: readonly Place[]; states: readonly number[]; dueTimes: readonly number[] }): number
  discard(input: { places: readonly Place[]; now: number }): number
  pause(input: { destination: string; reason: string; now: number }): void
  resume(input: { destination: string }): void
  paused(input: object): { destination: string; reason: string; since: number }[]
  counts(input: object): { destination: string; state: Delivery['state']; count: number; oldest: number }[]
  prune(input: { before: number; limit: number }): number
  /** Gives up to `pages` free pages back to the file system; resolves to how many are left. Not part of a transaction. */
  vacuum(input: { pages: number }): number
  size(input: object): { bytes: number; messages: number }
  check(input: object): void
}
export type Kind = keyof Operations
export type Input<K extends Kind> = Parameters<Operations[K]>[0]
export type Output<K extends Kind> = ReturnType<Operations[K]>
export type Operation = { [K in Kind]: { kind: K; input: Input<K> } }[Kind]
