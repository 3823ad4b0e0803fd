import type { DatabaseSync } from 'node:sqlite'

/** Ways back for what the ledger keeps in memory beside a transaction: run in reverse when it is rolled back. */
export type Undo = { add(back: () => void): void; forget(): void; run(): void }

export function createUndo(): Undo {
  let steps: (() => void)[] = []
  return {
    add: back => void steps.push(back),
    forget: () => {
      steps = []
    },
    run: () => {
      for (const back of steps.toReversed()) back()
      steps = []
    },
  }
}

export type Destination = { id: number; name: string; ordered: boolean; pausedSince?: number; pausedReason?: string }

export type Destinations = {
  byName(name: string): Destination | undefined
  byId(id: number): Destination
  /** Gives a destination its number the first time that it is named. */
  ensure(name: string): Destination
  replace(destination: Destination): void
  all(): Destination[]
}

export function createDestinations(db: DatabaseSync, undo: Undo): Destinations {
  const byName = new Map<string, Destination>()
  const byId = new Map<number, Destination>()
  const keep = (each: Destination) => {
    byName.set(each.name, each)
    byId.set(each.id, each)
  }
  for (const row of db.prepare('select id, name, ordered, paused_since, paused_reason from destinations').all()) {
    keep({
      id: Number(row.id),
      name: String(row.name),
      ordered: row.ordered === 1,
      ...(row.paused_since !== null && {
        pausedSince: Number(row.paused_since),
        pausedReason: String(row.paused_reason),
      }),
    })
  }
  const insert = db.prepare('insert into destinations (name) values (?)')
  const update = db.prepare('update destinations set ordered = ?, paused_since = ?, paused_reason = ? where id = ?')
  return {
    byName: name => byName.get(name),
    byId(id) {
      const found = byId.get(id)
      if (!found) throw new Error(`the ledger has a delivery to destination number ${id}, which it does not know`)
      return found
    },
    ensure(name) {
      const known = byName.get(name)
      if (known) return known
      const made = { id: Number(insert.run(name).lastInsertRowid), name, ordered: false }
      keep(made)
      undo.add(() => {
        byName.delete(name)
        byId.delete(made.id)
      })
      return made
    },
    replace(destination) {
      const before = byId.get(destination.id)
      const { id, ordered, pausedSince, pausedReason } = destination
      update.run(ordered ? 1 : 0, pausedSince ?? null, pausedReason ?? null, id)
      keep(destination)
      undo.add(() => before && keep(before))
    },
    all: () => [...byId.values()],
  }
}
