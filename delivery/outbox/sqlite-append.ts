import { type Appended, takenId } from './outbox.ts'
import { type Ledger, State } from './sqlite-ledger.ts'
import type { MessageRow, Operations } from './sqlite-operations.ts'
import { createOrder } from './sqlite-order.ts'

/** The rules of Outbox.append. An id is looked up by writing it, so that a new one costs nothing more. */
export function createAppend(ledger: Ledger): Operations['append'] {
  const { db, destinations, tally, once } = ledger
  const order = createOrder(ledger)
  const insertMessage = db.prepare(
    'insert into messages (seq, id, at, time, subject, body, decisions) values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing',
  )
  const insertDelivery = db.prepare(
    'insert into deliveries (seq, dest, state, attempt, next_at, due, subject) values (?, ?, ?, 0, ?, ?, ?)',
  )
  const addUnmatched = db.prepare('insert into unmatched (seq) values (?)')
  const finish = db.prepare('insert into finished (at, seq) values (?, ?)')
  const known = db.prepare('select seq, body from messages where id = ?')
  const putState = db.prepare('insert or replace into state (scope, key, bytes) values (?, ?, ?)')
  const deleteState = db.prepare('delete from state where scope = ? and key = ?')

  /** Undefined when the id is there already. */
  function write(row: MessageRow, now: number): Appended | undefined {
    const seq = ledger.nextSequence()
    const { changes } = insertMessage.run(seq, row.id, now, row.time, row.subject, row.body, row.decisions)
    if (changes === 0) return undefined
    tally.messages(1)
    for (const name of new Set(row.destinations)) {
      const { id: dest, ordered } = destinations.ensure(name)
      insertDelivery.run(seq, dest, State.pending, now, now, ordered ? row.subject : null)
      tally.move({ seq, dest }, undefined, State.pending)
      if (ordered) order.arrange(dest, row.subject)
    }
    if (row.destinations.length === 0) {
      addUnmatched.run(seq)
      finish.run(now, seq)
    }
    if (row.once) once.add(row.once.key, { id: row.id, sequence: seq }, now, row.once.forMs)
    return { id: row.id, sequence: seq, duplicate: false }
  }

  const findLive = ({ once: own }: MessageRow, now: number) => own && once.find(own.key, now)

  /** The answers to a batch that was kept before as a whole; throws for any other. `id` is one that is known. */
  function answerAgain(messages: readonly MessageRow[], now: number, id: string): Appended[] {
    if (new Set(messages.map(row => row.id)).size < messages.length) throw new Error(takenId(id))
    return messages.map(row => {
      const there = known.get(row.id)
      const live = findLive(row, now)
      const first = there ? { id: row.id, sequence: Number(there.seq) } : live
      if (!first || (there && there.body !== row.body && !live)) throw new Error(takenId(id))
      return { ...first, duplicate: true }
    })
  }

  return ({ messages, state, now }) => {
    const appended: Appended[] = []
    const ids = new Set<string>()
    for (const row of messages) {
      if (ids.has(row.id)) throw new Error(takenId(row.id))
      ids.add(row.id)
      const live = findLive(row, now)
      const isKnown = live !== undefined && known.get(row.id) !== undefined
      const answer = isKnown ? undefined : live ? { ...live, duplicate: true } : write(row, now)
      if (answer) appended.push(answer)
      else if (appended.every(each => each.duplicate)) return answerAgain(messages, now, row.id)
      // What was written of this batch is taken back: see runRound.
      else throw new Error(takenId(row.id))
    }
    for (const { scope, key, bytes } of state) {
      if (bytes === undefined) deleteState.run(scope, key)
      else putState.run(scope, key, bytes)
    }
    return appended
  }
}
