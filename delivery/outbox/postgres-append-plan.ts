import { subjectKey } from '../message.ts'
import { type Appended, type Batch, type NewMessage, takenId } from './outbox.ts'
import type { KnownRows, MessageRow, StateRow } from './postgres-append-statement.ts'
import { fromText, toKey, toMs, toText } from './postgres-text.ts'

/** A batch and the time its caller gave. */
export type Arrival = { batch: Batch; now: number }

/** The sequences that were given, by stored id. */
type Sequences = ReadonlyMap<string, number>
type Verdict = { kind: 'accepted'; answers: ((written: Sequences) => Appended)[] } | { kind: 'refused'; error: Error }
export type AppendPlan = {
  messages: MessageRow[]
  states: StateRow[]
  verdicts: Verdict[]
  /** All that the ledger may know about, whether the plan writes it or not. */
  ids: string[]
  keys: string[]
}

type Row = Omit<MessageRow, 'ordinal'>
/** Without a sequence: to be written by this plan. */
type Known = { id: string; body: string; sequence?: number }
type Taken = { id: string; takenAt: number; expiresAt: number; sequence?: number }

/**
 * Decides what of the batches is to be written, given what the ledger holds, one after the other as if each came alone:
 * the rules of Outbox.append.
 */
export function planAppend(arrivals: readonly Arrival[], ledger: KnownRows): AppendPlan {
  const known = new Map<string, Known>(ledger.messages.map(each => [each.id, each]))
  const taken = new Map<string, Taken>(ledger.keys.map(each => [each.key, each]))
  const messages: MessageRow[] = []
  const states = new Map<string, StateRow>()

  const rowsOf = new Map(arrivals.map(each => [each, each.batch.messages.map(message => toRow(message, each.now))]))
  const verdicts = Array.from(rowsOf, ([{ batch }, rows]): Verdict => {
    const clash = findClash(rows, known, taken)
    if (clash !== undefined) return { kind: 'refused', error: new Error(takenId(fromText(clash))) }
    const isRetry = rows.some(row => known.has(row.id))
    for (const state of isRetry ? [] : batch.state.map(toState))
      states.set(JSON.stringify([state.scope, state.key]), state)
    const answers = rows.map(row => {
      const first = known.get(row.id) ?? findLive(row, taken)
      if (first !== undefined) return (written: Sequences) => answer(first, written, true)
      messages.push({ ordinal: messages.length, ...row })
      known.set(row.id, { id: row.id, body: row.body })
      if (row.once) taken.set(row.once.key, { id: row.id, takenAt: row.appended_at, expiresAt: row.once.until })
      return (written: Sequences) => answer(row, written, false)
    })
    return { kind: 'accepted', answers }
  })
  const all = [...rowsOf.values()].flat()
  const keys = all.flatMap(({ once }) => once?.key ?? [])
  return { messages, states: [...states.values()], verdicts, ids: all.map(({ id }) => id), keys }
}

function findClash(rows: readonly Row[], known: ReadonlyMap<string, Known>, taken: ReadonlyMap<string, Taken>) {
  const isWhole = rows.every(row => known.get(row.id)?.body === row.body || findLive(row, taken) !== undefined)
  return rows.find((row, n) => rows.findIndex(({ id }) => id === row.id) < n || (!isWhole && known.has(row.id)))?.id
}

/** A key taken later than a new one would end comes from a clock that was ahead, and holds nobody back. */
function findLive({ once, appended_at }: Row, taken: ReadonlyMap<string, Taken>): Taken | undefined {
  const first = once && taken.get(once.key)
  return first && first.expiresAt > appended_at && first.takenAt <= once.until ? first : undefined
}

function answer({ id, sequence }: { id: string; sequence?: number }, written: Sequences, duplicate: boolean): Appended {
  const given = sequence ?? written.get(id)
  if (given === undefined) throw new Error(`the ledger gave no sequence to the message "${fromText(id)}"`)
  return { id: fromText(id), sequence: given, duplicate }
}

function toRow({ destinations, decisions, once, ...message }: NewMessage, now: number): Row {
  const occurredAt = Date.parse(message.time)
  return {
    id: toText(message.id),
    subject: toKey(subjectKey(message.subject)),
    occurred_at: Number.isNaN(occurredAt) ? toMs(now) : occurredAt,
    appended_at: toMs(now),
    // JSON as text inside JSON: Postgres would read the escapes of the outer one, and refuse \u0000.
    body: JSON.stringify(message),
    decisions: JSON.stringify(decisions),
    destinations: [...new Set(destinations)].map(toText),
    ...(once && { once: { key: toKey(once.key), until: toMs(now + once.forMs) } }),
  }
}

const toState = ({ scope, key, bytes }: Batch['state'][number]): StateRow => ({
  scope: toText(scope),
  key: toText(key),
  ...(bytes && { bytes: Buffer.from(bytes).toString('base64') }),
})
