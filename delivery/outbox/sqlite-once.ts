import type { DatabaseSync } from 'node:sqlite'
import type { Undo } from './sqlite-memory.ts'

type Entry = { n: number; until: number; forMs: number; id: string; sequence: number }
export type Once = {
  /** The first message with this key, while its time is not over. */
  find(key: string, now: number): { id: string; sequence: number } | undefined
  add(key: string, first: { id: string; sequence: number }, now: number, forMs: number): void
}

/**
 * Keys are hashes, so an index of them would touch a page for each: that alone tripled the cost of a message. So they are
 * looked up in memory and written at the right edge of a table that is read when the ledger is opened.
 */
export function createOnce(db: DatabaseSync, undo: Undo): Once {
  const entries = new Map<string, Entry>()
  for (const row of db.prepare('select n, key, until, for_ms, id, seq from once order by n').all()) {
    const { n, until, for_ms: forMs, seq } = row
    const entry = {
      n: Number(n),
      until: Number(until),
      forMs: Number(forMs),
      id: String(row.id),
      sequence: Number(seq),
    }
    entries.set(String(row.key), entry)
  }
  const insert = db.prepare('insert into once (key, until, for_ms, id, seq) values (?, ?, ?, ?, ?)')
  const remove = db.prepare('delete from once where n = ?')

  // An end further away than the whole time was set by a clock that was ahead.
  const holds = ({ until, forMs }: Entry, now: number) => now < until && until - now <= forMs

  const set = (key: string, entry: Entry) => {
    const before = entries.get(key)
    if (before) remove.run(before.n)
    entries.set(key, entry)
    undo.add(() => {
      if (before) entries.set(key, before)
      else entries.delete(key)
    })
  }

  let round = entries.entries()
  /** Each new key pays for a look at two old ones, round and round, so that they go without a timer and without a search. */
  const sweep = (now: number) => {
    for (let n = 0; n < 2; n += 1) {
      const { value, done } = round.next()
      if (done) round = entries.entries()
      if (!value || holds(value[1], now)) continue
      const [key, entry] = value
      entries.delete(key)
      remove.run(entry.n)
      undo.add(() => void entries.set(key, entry))
    }
  }

  return {
    find(key, now) {
      const entry = entries.get(key)
      return entry && holds(entry, now) ? { id: entry.id, sequence: entry.sequence } : undefined
    },
    add(key, { id, sequence }, now, forMs) {
      sweep(now)
      const until = now + forMs
      const n = Number(insert.run(key, until, forMs, id, sequence).lastInsertRowid)
      set(key, { n, until, forMs, id, sequence })
    },
  }
}
