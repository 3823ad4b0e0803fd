import type { Attempt, Settlement } from './outbox.ts'
import type { OnPoint } from './points.ts'
import { createFinish } from './sqlite-finish.ts'
import { type Ledger, LONGEST_WAIT_MS, State } from './sqlite-ledger.ts'
import type { Operations } from './sqlite-operations.ts'
import { createOrder } from './sqlite-order.ts'

/** Enough for every schedule and a few replays; the oldest go first. */
const MAX_TRIES = 100

export function createSettle(ledger: Ledger, onPoint: OnPoint): Operations['settle'] {
  const { db, tally } = ledger
  const order = createOrder(ledger)
  const { finishIfDone } = createFinish(ledger)
  const get = db.prepare(
    'select state, lease, attempt, next_at, first_at, subject, tries from deliveries where seq = ? and dest = ?',
  )
  const end = db.prepare('update deliveries set state = ?, done_at = ?, tries = ? where seq = ? and dest = ?')
  const again = db.prepare(
    'update deliveries set state = 0, due = ?, next_at = ?, tries = ? where seq = ? and dest = ?',
  )
  const giveBack = db.prepare(
    'update deliveries set state = 0, due = next_at, attempt = ?, first_at = ? where seq = ? and dest = ?',
  )

  function settleOne(settlement: Settlement): boolean {
    const { token, at, kind } = settlement
    const [seq, dest, lease] = token.split('.').map(Number)
    if (seq === undefined || dest === undefined || lease === undefined) return false
    const row = get.get(seq, dest)
    if (!row || row.state !== State.leased || row.lease !== lease) return false
    const place = { seq, dest }
    const attempt = Number(row.attempt)
    const tries = addTry(row.tries, settlement, attempt)
    switch (kind) {
      case 'delivered':
        end.run(State.delivered, at, tries, seq, dest)
        tally.move(place, State.leased, State.delivered)
        finishIfDone(seq)
        break
      case 'dead':
        end.run(State.dead, null, tries, seq, dest)
        tally.move(place, State.leased, State.dead)
        break
      case 'retry': {
        const due = Math.min(settlement.nextAttemptAt, at + LONGEST_WAIT_MS)
        again.run(due, due, tries, seq, dest)
        tally.move(place, State.leased, State.pending)
        break
      }
      case 'released':
        giveBack.run(attempt - 1, attempt === 1 ? null : (row.first_at ?? null), seq, dest)
        tally.move(place, State.leased, State.pending)
        break
      default:
        kind satisfies never
    }
    if (typeof row.subject === 'string') order.arrange(dest, row.subject)
    return true
  }

  return ({ settlements }) => {
    onPoint('before-settle')
    return settlements.filter(each => !settleOne(each)).map(each => each.token)
  }
}

function addTry(before: unknown, { at, kind, answer, destination }: Settlement, attempt: number): string {
  const tries: Attempt[] = typeof before === 'string' ? JSON.parse(before) : [] // written below
  tries.push({ destination, attempt, at, kind, answer })
  return JSON.stringify(tries.slice(-MAX_TRIES))
}
