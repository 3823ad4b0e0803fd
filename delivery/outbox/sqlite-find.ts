import type { SQLOutputValue } from 'node:sqlite'
import type { Delivery, DeliveryState } from './outbox.ts'
import { type Ledger, State } from './sqlite-ledger.ts'
import type { DeliveryRow, ListRow, Operations } from './sqlite-operations.ts'

type Row = Record<string, SQLOutputValue>

/** What people see of a state: a waiting delivery is pending for them, and a pending one of a paused destination is parked. */
const shown: readonly DeliveryState[] = ['pending', 'leased', 'pending', 'delivered', 'dead', 'discarded']

/** The states of the ledger that people call so; pending and parked are the same there. */
export const statesNamed = (name: DeliveryState): number[] =>
  Object.values(State).filter(each => shown[each] === (name === 'parked' ? 'pending' : name))

export function createFind(ledger: Ledger): Pick<Operations, 'find' | 'sequenceOf' | 'show' | 'counts'> {
  const { db, destinations, tally } = ledger
  const message = db.prepare('select seq, body, decisions from messages where id = ?')
  const sequence = db.prepare('select seq from messages where id = ?')
  const deliveries = db.prepare('select * from deliveries where seq = ?')
  const one = db.prepare(
    'select m.id, m.body, d.* from deliveries d join messages m on m.seq = d.seq where d.seq = ? and d.dest = ?',
  )
  const appendedAt = db.prepare('select at from messages where seq = ?')

  function deliveryOf(row: Row, messageId: string): DeliveryRow {
    const destination = destinations.byId(Number(row.dest))
    const state = shown[Number(row.state)] ?? 'pending'
    const tries = row.tries === null ? undefined : String(row.tries)
    const delivery: Delivery = {
      messageId,
      destination: destination.name,
      state: state === 'pending' && destination.pausedSince !== undefined ? 'parked' : state,
      attempt: Number(row.attempt),
      nextAttemptAt: Number(row.next_at),
    }
    if (row.first_at !== null) delivery.firstAttemptAt = Number(row.first_at)
    if (state === 'leased') delivery.leaseUntil = Number(row.due)
    if (tries) delivery.lastAnswer = JSON.parse(tries).at(-1).answer // written by sqlite-settle.ts, never empty
    return { ...delivery, tries: tries ?? null }
  }

  return {
    find({ messageId }) {
      const row = message.get(messageId)
      if (!row) return undefined
      const rows = deliveries.all(row.seq ?? 0).map(each => deliveryOf(each, messageId))
      return {
        sequence: Number(row.seq),
        body: String(row.body),
        decisions: String(row.decisions),
        deliveries: rows.sort((a, b) => (a.destination < b.destination ? -1 : 1)),
      }
    },
    sequenceOf({ messageId }) {
      const row = sequence.get(messageId)
      return row && Number(row.seq)
    },
    show: ({ places }) =>
      places.flatMap(({ seq, dest }): ListRow[] => {
        const row = one.get(seq, dest)
        if (!row) return []
        const { tries: _, ...delivery } = deliveryOf(row, String(row.id))
        return [{ sequence: seq, body: String(row.body), delivery }]
      }),
    counts: () =>
      destinations.all().flatMap(({ id: dest, name: destination, pausedSince }) => {
        const names = [...new Set(shown)].map(state => {
          const states = statesNamed(state)
          const count = states.reduce((sum, each) => sum + tally.count(dest, each), 0)
          const firsts = states.map(each => tally.oldest(dest, each)).filter(each => each !== undefined)
          const oldest = Number(appendedAt.get(Math.min(...firsts, Number.MAX_SAFE_INTEGER))?.at)
          const parked = state === 'pending' && pausedSince !== undefined
          return { destination, state: parked ? ('parked' as const) : state, count, oldest }
        })
        return names.filter(each => each.count > 0)
      }),
  }
}
