import type { Appended } from './outbox.ts'
import { type Ledger, State } from './sqlite-ledger.ts'
import type { MessageRow, Operations } from './sqlite-operations.ts'
import { createOrder } from './sqlite-order.ts'

const UNIQUE = 2067 // SQLITE_CONSTRAINT_UNIQUE

export function createAppend(ledger: Ledger): Operations['append'] {
  const { db, destinations, tally, once } = ledger
  const order = createOrder(ledger)
  const insertMessage = db.prepare(
    'insert into messages (seq, id, at, time, subject, body, decisions) values (?, ?, ?, ?, ?, ?, ?)',
  )
  const insertDelivery = db.prepare(
    'insert into deliveries (seq, dest, state, attempt, next_at, due, subject) values (?, ?, ?, 0, ?, ?, ?)',
  )
  const finish = db.prepare('insert into finished (at, seq) values (?, ?)')
  const putState = db.prepare('insert or replace into state (scope, key, bytes) values (?, ?, ?)')
  const deleteState = db.prepare('delete from state where scope = ? and key = ?')

  function appendOne(row: MessageRow, now: number): Appended {
    const first = row.once && once.find(row.once.key, now)
    if (first) return { ...first, duplicate: true }
    const seq = ledger.nextSequence()
    try {
      insertMessage.run(seq, row.id, now, row.time, row.subject, row.body, row.decisions)
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== UNIQUE) throw error // what node:sqlite adds to its errors
      throw new Error(`message id "${row.id}" is already in the ledger; every message needs an id of its own`)
    }
    tally.messages(1)
    for (const name of new Set(row.destinations)) {
      const { id: dest, ordered } = destinations.ensure(name)
      insertDelivery.run(seq, dest, State.pending, now, now, ordered ? row.subject : null)
      tally.move({ seq, dest }, undefined, State.pending)
      if (ordered) order.arrange(dest, row.subject)
    }
    if (row.destinations.length === 0) finish.run(now, seq)
    if (row.once) once.add(row.once.key, { id: row.id, sequence: seq }, now, row.once.forMs)
    return { id: row.id, sequence: seq, duplicate: false }
  }

  return ({ messages, state, now }) => {
    const appended = messages.map(row => appendOne(row, now))
    for (const { scope, key, bytes } of state) {
      if (bytes === undefined) deleteState.run(scope, key)
      else putState.run(scope, key, bytes)
    }
    return appended
  }
}

export function createStateReaders({ db }: Ledger): Pick<Operations, 'readState' | 'listState'> {
  const read = db.prepare('select bytes from state where scope = ? and key = ?')
  const list = db.prepare('select key, bytes from state where scope = ? order by key')
  // The column is a strict blob, which node:sqlite reads as bytes.
  const asBytes = (value: unknown) => value as Uint8Array
  return {
    readState({ scope, key }) {
      const row = read.get(scope, key)
      return row && asBytes(row.bytes)
    },
    listState: ({ scope }) => list.all(scope).map(row => ({ key: String(row.key), bytes: asBytes(row.bytes) })),
  }
}
