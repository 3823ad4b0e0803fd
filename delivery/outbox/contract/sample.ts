import type { TestContext } from 'node:test'
import type { Batch, Claim, NewMessage, Outbox, Settlement, StateEntry } from '../outbox.ts'

/** Opens an empty store and takes it away when the test ends. */
export type Open = (t: TestContext) => Promise<Opened>
export type Opened = {
  outbox: Outbox
  /** What onCommit was told so far. */
  commits: readonly number[]
  /** Closes the store and opens it again on what it left: a restart. `outbox` of the answer replaces the first one. */
  reopen(): Promise<Outbox>
  /** The same after an end without a goodbye, as kill -9 makes it. */
  kill(): Promise<Outbox>
}

/** Tests count from here in milliseconds: a fixed Friday in November 2026. */
export const T = Date.UTC(2026, 10, 20, 12)
export const LEASE = 30_000
const HOUR = 3_600_000
export const DAY = 24 * HOUR
/** No schedule waits longer than this, so that a due time beyond it shows a clock that was wrong. */
export const LONGEST_WAIT = 2 * DAY

/** An alert about one object; `over` says what the test is about. */
export function message(id: string, over: Partial<NewMessage> = {}): NewMessage {
  return {
    id,
    schemaVersion: 1,
    type: 'dev.fairlead.flux.ReconciliationFailed',
    source: '/flux/kustomize-controller',
    input: 'flux',
    subject: { kind: 'Kustomization', namespace: 'apps', name: 'web' },
    time: new Date(T).toISOString(),
    severity: 'error',
    reason: 'ReconciliationFailed',
    title: 'Kustomization apps/web failed',
    text: 'the server said no',
    labels: { team: 'x' },
    state: 'firing',
    count: 1,
    destinations: ['phone'],
    decisions: [],
    ...over,
  }
}

export const about = (name: string) => ({ subject: { kind: 'Kustomization', namespace: 'apps', name } })

export const batch = (messages: readonly NewMessage[], state: readonly StateEntry[] = []): Batch => ({
  messages,
  state,
})

/** Claims for one destination without order, as many as there are. */
export const claimAll = (outbox: Outbox, now: number, destination = 'phone') =>
  outbox.claim([{ destination, free: 10_000, ordered: false }], now, LEASE)

export const claimOrdered = (outbox: Outbox, now: number, free = 10_000, destination = 'phone') =>
  outbox.claim([{ destination, free, ordered: true }], now, LEASE)

export const ids = (claims: readonly Claim[]) => claims.map(claim => claim.message.id)

type End = { kind: 'delivered' } | { kind: 'retry'; nextAttemptAt: number } | { kind: 'dead' } | { kind: 'released' }
export function settlement(claim: Claim | undefined, at: number, end: End, answer = `answer: ${end.kind}`): Settlement {
  if (claim === undefined) throw new Error('nothing was claimed, so nothing can be settled')
  return { token: claim.token, messageId: claim.message.id, destination: claim.destination, at, answer, ...end }
}

/** The delivery of a message to `phone`, as somebody who looks at it sees it. */
export async function delivery(outbox: Outbox, messageId: string, destination = 'phone') {
  const found = await outbox.find(messageId)
  return found?.deliveries.find(each => each.destination === destination)
}

/** Ids m0 to m(n-1), each about another object. */
export const messages = (count: number, over: Partial<NewMessage> = {}, prefix = 'm') =>
  Array.from({ length: count }, (_, n) => message(`${prefix}${n}`, { ...about(`${prefix}${n}`), ...over }))

/** A message whose delivery to `phone` has failed for good. */
export async function appendDead(outbox: Outbox, id: string, over: Partial<NewMessage> = {}, now = T): Promise<void> {
  await outbox.append(batch([message(id, { ...about(id), ...over })]), now)
  const claims = await claimAll(outbox, now)
  await outbox.settle(
    claims.filter(each => each.message.id === id).map(each => settlement(each, now, { kind: 'dead' })),
  )
}
