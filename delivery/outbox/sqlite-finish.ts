import type { Ledger } from './sqlite-ledger.ts'
import type { Operations } from './sqlite-operations.ts'

/** Keeps the list of messages that retention may remove: those all of whose deliveries were delivered or discarded. */
export function createFinish({ db }: Ledger) {
  const open = db.prepare('select 1 from deliveries where seq = ? and state not in (3, 5) limit 1')
  const lastEnd = db.prepare('select max(done_at) at from deliveries where seq = ?')
  const insert = db.prepare('insert or ignore into finished (at, seq) values (?, ?)')
  const remove = db.prepare('delete from finished where at = ? and seq = ?')
  const endOf = (seq: number) => Number(lastEnd.get(seq)?.at)
  return {
    finishIfDone(seq: number) {
      if (open.get(seq) === undefined) insert.run(endOf(seq), seq)
    },
    /** Before a delivery of a message that may be finished opens again. */
    unfinish(seq: number) {
      remove.run(endOf(seq), seq)
    },
  }
}

export function createPrune({ db, tally, lastSequence }: Ledger): Operations['prune'] {
  const find = db.prepare('select at, seq from finished where at < ? order by at, seq limit ?')
  const deliveries = db.prepare('select dest, state from deliveries where seq = ?')
  const removeDeliveries = db.prepare('delete from deliveries where seq = ?')
  const removeMessage = db.prepare('delete from messages where seq = ?')
  const removeFinished = db.prepare('delete from finished where at = ? and seq = ?')
  const removeUnmatched = db.prepare('delete from unmatched where seq = ?')
  const keepSequence = db.prepare("insert or replace into meta (key, value) values ('last_sequence', ?)")
  return ({ before, limit }) => {
    const rows = find.all(before, limit)
    if (rows.length > 0) keepSequence.run(lastSequence())
    for (const { at, seq } of rows) {
      const all = deliveries.all(seq ?? 0)
      if (all.length === 0) removeUnmatched.run(seq ?? 0)
      for (const each of all) {
        tally.move({ seq: Number(seq), dest: Number(each.dest) }, Number(each.state), undefined)
      }
      removeDeliveries.run(seq ?? 0)
      removeMessage.run(seq ?? 0)
      removeFinished.run(at ?? 0, seq ?? 0)
      tally.messages(-1)
    }
    return rows.length
  }
}
