import type { DatabaseSync } from 'node:sqlite'
import type { Undo } from './sqlite-memory.ts'

/** How many deliveries each destination has in each state, without counting rows when somebody asks. */
export type Tally = {
  /** A delivery came (no `from`), went (no `to`) or changed its state. */
  move(place: { seq: number; dest: number }, from: number | undefined, to: number | undefined): void
  messages(change: number): void
  messageCount(): number
  count(dest: number, state: number): number
  /** The sequence of the oldest message with a delivery in that state. */
  oldest(dest: number, state: number): number | undefined
}

/** `floor` is a sequence below which there is none in that state, so that a search for the oldest need not start at 1. */
type Cell = { count: number; floor: number }

export function createTally(db: DatabaseSync, undo: Undo): Tally {
  const cells = new Map<string, Cell>()
  const cell = (dest: number, state: number) => {
    const key = `${dest} ${state}`
    const known = cells.get(key)
    if (known) return known
    const made = { count: 0, floor: Number.MAX_SAFE_INTEGER }
    cells.set(key, made)
    return made
  }
  const rows = db.prepare('select dest, state, count(*) n, min(seq) first from deliveries group by dest, state').all()
  for (const { dest, state, n, first } of rows) {
    Object.assign(cell(Number(dest), Number(state)), { count: Number(n), floor: Number(first) })
  }
  let messageCount = Number(db.prepare('select count(*) n from messages').get()?.n)
  const first = db.prepare('select seq from deliveries where seq >= ? and dest = ? and state = ? order by seq limit 1')

  const add = (dest: number, state: number, seq: number) => {
    const at = cell(dest, state)
    at.count += 1
    at.floor = Math.min(at.floor, seq)
  }
  const take = (dest: number, state: number) => {
    cell(dest, state).count -= 1
  }
  return {
    move({ seq, dest }, from, to) {
      if (from !== undefined) take(dest, from)
      if (to !== undefined) add(dest, to, seq)
      undo.add(() => {
        if (to !== undefined) take(dest, to)
        if (from !== undefined) add(dest, from, seq)
      })
    },
    messages(change) {
      messageCount += change
      undo.add(() => {
        messageCount -= change
      })
    },
    messageCount: () => messageCount,
    count: (dest, state) => cells.get(`${dest} ${state}`)?.count ?? 0,
    oldest(dest, state) {
      const at = cell(dest, state)
      if (at.count === 0) return undefined
      const seq = first.get(at.floor, dest, state)?.seq
      // Inside a transaction that is rolled back later the floor may have been raised too far: `undo` lowers it again.
      if (typeof seq === 'number') at.floor = seq
      return typeof seq === 'number' ? seq : undefined
    },
  }
}
