import { statesNamed } from './sqlite-find.ts'
import { createFinish } from './sqlite-finish.ts'
import { type Ledger, State } from './sqlite-ledger.ts'
import type { Matches, Operations, Place } from './sqlite-operations.ts'
import { createOrder } from './sqlite-order.ts'

/** What an operator does: look for deliveries by filter, and lead them back or away. */
export function createOperate(ledger: Ledger): Pick<Operations, 'match' | 'replay' | 'discard'> {
  const { db, destinations, tally } = ledger
  const order = createOrder(ledger)
  const { finishIfDone, unfinish } = createFinish(ledger)
  const scan = db.prepare(
    `select d.seq, d.dest, d.state from deliveries d where d.seq > ? and d.seq <= ? order by d.seq`,
  )
  const last = db.prepare('select max(seq) last from messages')
  const first = db.prepare('select min(seq) first from messages where seq > ?')
  const about = db.prepare('select id, subject, time from messages where seq = ?')
  const sequence = db.prepare('select seq from messages where id = ?')
  const get = db.prepare('select state, due, subject from deliveries where seq = ? and dest = ?')
  const reopen = db.prepare(
    `update deliveries set state = 0, attempt = 0, first_at = null, done_at = null, due = ?, next_at = ?, subject = ?
     where seq = ? and dest = ?`,
  )
  const discard = db.prepare('update deliveries set state = 5, done_at = ? where seq = ? and dest = ?')
  const byName = (a: Place, b: Place) => (destinations.byId(a.dest).name < destinations.byId(b.dest).name ? -1 : 1)

  const match: Operations['match'] = ({ filter, from, max }): Matches => {
    const { destination, state, since, subject, messageId } = filter
    const only = destination === undefined ? undefined : (destinations.byName(destination)?.id ?? -1)
    const states = state && new Set(statesNamed(state))
    const earliest = since === undefined ? undefined : Date.parse(since)
    const fits = ({ dest, state: code, seq }: Place & { state: number }) => {
      if (only !== undefined && dest !== only) return false
      if (states && !states.has(code)) return false
      const isPaused = destinations.byId(dest).pausedSince !== undefined
      if ((state === 'parked' && !isPaused) || (state === 'pending' && isPaused)) return false
      if (subject === undefined && earliest === undefined) return true
      const row = about.get(seq)
      if (subject !== undefined && row?.subject !== subject) return false
      return earliest === undefined || Number(row?.time) >= earliest
    }
    const single = messageId === undefined ? undefined : Number(sequence.get(messageId)?.seq ?? -1)
    const start = single === undefined ? Number(first.get(from)?.first ?? from + 1) - 1 : single - 1
    const end = single ?? start + max
    const rows = scan
      .all(start, end)
      .map(row => ({ seq: Number(row.seq), dest: Number(row.dest), state: Number(row.state) }))
    const places = rows
      .filter(fits)
      .map(({ seq, dest }) => ({ seq, dest }))
      .sort((a, b) => a.seq - b.seq || byName(a, b))
    const atEnd = single !== undefined || end >= Number(last.get()?.last ?? 0)
    return atEnd ? { places } : { places, next: end }
  }

  return {
    match,
    replay({ places, states, dueTimes }) {
      let count = 0
      for (const [n, { seq, dest }] of places.entries()) {
        const row = get.get(seq, dest)
        const due = dueTimes[n]
        if (!row || due === undefined || !states.includes(Number(row.state))) continue
        unfinish(seq)
        const subject = destinations.byId(dest).ordered ? String(about.get(seq)?.subject) : null
        reopen.run(due, due, subject, seq, dest)
        tally.move({ seq, dest }, Number(row.state), State.pending)
        if (subject !== null) order.arrange(dest, subject)
        count += 1
      }
      return count
    },
    discard({ places, now }) {
      let count = 0
      for (const { seq, dest } of places) {
        const row = get.get(seq, dest)
        if (!row) continue
        const state = Number(row.state)
        const inFlight = state === State.leased && Number(row.due) > now
        if (inFlight || state === State.delivered || state === State.discarded) continue
        discard.run(now, seq, dest)
        tally.move({ seq, dest }, state, State.discarded)
        finishIfDone(seq)
        if (typeof row.subject === 'string') order.arrange(dest, row.subject)
        count += 1
      }
      return count
    },
  }
}

export function createPause({ destinations }: Ledger): Pick<Operations, 'pause' | 'resume' | 'paused'> {
  return {
    pause({ destination: name, reason, now }) {
      const destination = destinations.ensure(name)
      destinations.replace({ ...destination, pausedSince: destination.pausedSince ?? now, pausedReason: reason })
    },
    resume({ destination: name }) {
      const destination = destinations.byName(name)
      if (!destination) return
      const { pausedSince: _, pausedReason: __, ...running } = destination
      destinations.replace(running)
    },
    paused: () =>
      destinations.all().flatMap(({ name, pausedSince, pausedReason }) => {
        if (pausedSince === undefined) return []
        return [{ destination: name, reason: pausedReason ?? '', since: pausedSince }]
      }),
  }
}
