import { type Ledger, State } from './sqlite-ledger.ts'

export type Order = {
  /** Puts the deliveries of one subject in their places again after one of them changed. */
  arrange(dest: number, subject: string): void
  /** A destination starts or stops to be ordered: its open deliveries get their places, or lose them. */
  setOrdered(dest: number, ordered: boolean): void
}

/**
 * Order by subject. Of the open deliveries of a subject one is the head: the one in flight, otherwise the oldest. The
 * others have the state `waiting`, which no claim looks at: so a subject with a thousand of them costs a claim nothing.
 */
export function createOrder({ db, destinations, tally }: Ledger): Order {
  const firstIn = db.prepare(
    'select seq from deliveries where dest = ? and subject = ? and state = ? order by seq limit 1',
  )
  const allIn = db.prepare('select seq from deliveries where dest = ? and subject = ? and state = ? order by seq')
  const setState = db.prepare('update deliveries set state = ? where seq = ? and dest = ?')
  const setSubjects = db.prepare(
    `update deliveries set subject = (select subject from messages where messages.seq = deliveries.seq)
     where dest = ? and state < 3`,
  )
  const subjects = db.prepare(
    'select distinct subject from deliveries where dest = ? and subject is not null and state < 3',
  )
  const dropSubjects = db.prepare('update deliveries set subject = null where dest = ? and subject is not null')
  const waitingOf = db.prepare('select seq from deliveries where dest = ? and state = 2')

  const first = (dest: number, subject: string, state: number) => {
    const row = firstIn.get(dest, subject, state)
    return row === undefined ? undefined : Number(row.seq)
  }
  const move = (seq: number, dest: number, from: number, to: number) => {
    setState.run(to, seq, dest)
    tally.move({ seq, dest }, from, to)
  }

  function arrange(dest: number, subject: string): void {
    const waiting = first(dest, subject, State.waiting)
    const pending = first(dest, subject, State.pending)
    const oldest = Math.min(waiting ?? Number.POSITIVE_INFINITY, pending ?? Number.POSITIVE_INFINITY)
    const head = first(dest, subject, State.leased) ?? oldest
    for (const row of allIn.all(dest, subject, State.pending)) {
      if (row.seq !== head) move(Number(row.seq), dest, State.pending, State.waiting)
    }
    if (head === waiting) move(head, dest, State.waiting, State.pending)
  }

  return {
    arrange,
    setOrdered(dest, ordered) {
      destinations.replace({ ...destinations.byId(dest), ordered })
      if (ordered) {
        setSubjects.run(dest)
        for (const row of subjects.all(dest)) arrange(dest, String(row.subject))
        return
      }
      for (const row of waitingOf.all(dest)) move(Number(row.seq), dest, State.waiting, State.pending)
      dropSubjects.run(dest)
    },
  }
}
