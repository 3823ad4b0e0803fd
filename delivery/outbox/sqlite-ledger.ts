import type { DatabaseSync } from 'node:sqlite'
import { createDestinations, createUndo, type Destinations, type Undo } from './sqlite-memory.ts'
import { createOnce, type Once } from './sqlite-once.ts'
import { createTally, type Tally } from './sqlite-tally.ts'

/**
 * The states of a delivery as the ledger writes them. pending → leased → pending (again later), delivered or dead.
 * waiting is a pending one of an ordered destination that is not its subject's turn. From dead and discarded an operator
 * leads back to pending. Whether a pending one is parked follows from its destination, so a pause changes no delivery.
 */
export const State = { pending: 0, leased: 1, waiting: 2, delivered: 3, dead: 4, discarded: 5 } as const

/** No schedule waits longer, Retry-After included. A due time beyond it was written by a clock that was wrong. */
export const LONGEST_WAIT_MS = 48 * 3_600_000

/** An open database and what the ledger knows of it without asking. One thread has it, so memory and file cannot differ. */
export type Ledger = {
  db: DatabaseSync
  undo: Undo
  destinations: Destinations
  tally: Tally
  once: Once
  /** Greater than every sequence that was given before, those of removed messages included. */
  nextSequence(): number
  lastSequence(): number
}

export function readLedger(db: DatabaseSync): Ledger {
  const undo = createUndo()
  const kept = db.prepare("select value from meta where key = 'last_sequence'").get()?.value
  const last = db.prepare('select max(seq) last from messages').get()?.last
  let sequence = Math.max(Number(kept ?? 0), Number(last ?? 0))
  return {
    db,
    undo,
    destinations: createDestinations(db, undo),
    tally: createTally(db, undo),
    once: createOnce(db, undo),
    nextSequence() {
      sequence += 1
      return sequence
    },
    lastSequence: () => sequence,
  }
}
