import { randomInt } from 'node:crypto'
import { type Ledger, LONGEST_WAIT_MS, State } from './sqlite-ledger.ts'
import type { Destination } from './sqlite-memory.ts'
import type { ClaimRow, Operations } from './sqlite-operations.ts'
import { createOrder } from './sqlite-order.ts'
import { releaseLeases } from './sqlite-release.ts'

/** Callers may read the clock a little before each other; a step back larger than this is the clock's. */
const STEP_BACK_MS = 60_000

/** `hasLeases`: this process has borrowed before the file was opened this time, and may be at work on it. */
export function createClaim(ledger: Ledger, hasLeases: boolean): Pick<Operations, 'claim' | 'nextDue'> {
  const { db, undo, destinations, tally } = ledger
  const order = createOrder(ledger)
  const due = db.prepare(
    `select d.seq, d.state, d.attempt, d.first_at, m.body from deliveries d join messages m on m.seq = d.seq
     where d.dest = ? and d.state < 2 and d.due <= ? order by d.due, d.seq limit ?`,
  )
  const lend = db.prepare(
    `update deliveries set state = 1, attempt = attempt + 1, due = ?, lease = ?, first_at = coalesce(first_at, ?)
     where seq = ? and dest = ?`,
  )
  const next = db.prepare('select due from deliveries where dest = ? and state < 2 order by due limit 1')
  const correct = createClockCorrection(ledger)
  // A token of an earlier process must not fit by chance.
  let lease = randomInt(2 ** 40)
  let mayRelease = !hasLeases

  function claimFor(destination: Destination, free: number, now: number, leaseMs: number): ClaimRow[] {
    const dest = destination.id
    return due.all(dest, now, free).map(row => {
      const seq = Number(row.seq)
      lease += 1
      lend.run(now + leaseMs, lease, now, seq, dest)
      tally.move({ seq, dest }, Number(row.state), State.leased)
      return {
        sequence: seq,
        body: String(row.body),
        destination: destination.name,
        attempt: Number(row.attempt) + 1,
        firstAttemptAt: row.first_at === null ? undefined : Number(row.first_at),
        token: `${seq}.${dest}.${lease}`,
      }
    })
  }

  return {
    claim({ capacity, now, leaseMs }) {
      const claimed: ClaimRow[] = []
      if (mayRelease) {
        mayRelease = false
        undo.add(() => {
          mayRelease = true
        })
        releaseLeases(ledger)
      }
      correct(now, leaseMs)
      for (const { destination: name, free, ordered } of capacity) {
        const destination = destinations.byName(name)
        if (!destination) continue
        if (destination.ordered !== ordered) order.setOrdered(destination.id, ordered)
        if (free > 0 && destination.pausedSince === undefined)
          claimed.push(...claimFor(destination, free, now, leaseMs))
      }
      return claimed
    },
    nextDue({ destinations: names }) {
      const times = names.flatMap(name => {
        const destination = destinations.byName(name)
        if (!destination || destination.pausedSince !== undefined) return []
        const row = next.get(destination.id)
        return row === undefined ? [] : [Number(row.due)]
      })
      return times.length === 0 ? undefined : Math.min(...times)
    },
  }
}

/**
 * Due times are wall-clock times. When the clock steps back while we run, they move back with it; and one that lies
 * further ahead than any schedule reaches (written before a restart by a clock that was ahead) is due now. A leap forward
 * makes everything due, and `free` keeps that from becoming a storm.
 */
function createClockCorrection({ db, destinations }: Ledger): (now: number, leaseMs: number) => void {
  // `state < 2` repeats the condition of the index, without which SQLite does not see that it may use it.
  const pull = db.prepare(
    `update deliveries set due = max(:now, due - :step), next_at = max(:now, next_at - :step)
     where dest = :dest and state = 0 and state < 2 and due > :beyond`,
  )
  const cutLease = db.prepare(
    'update deliveries set due = :end where dest = :dest and state = 1 and state < 2 and due > :beyond',
  )
  let latest = 0
  return (now, leaseMs) => {
    const step = latest - now > STEP_BACK_MS ? latest - now : 0
    latest = step > 0 ? now : Math.max(latest, now)
    const end = now + leaseMs
    const beyond = now + LONGEST_WAIT_MS + STEP_BACK_MS
    for (const { id: dest } of destinations.all()) {
      if (step > 0) {
        pull.run({ now, step, dest, beyond: now })
        cutLease.run({ end, dest, beyond: end })
      }
      pull.run({ now, step: Number.MAX_SAFE_INTEGER, dest, beyond })
      cutLease.run({ end, dest, beyond })
    }
  }
}
