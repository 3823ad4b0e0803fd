import { type Ledger, State } from './sqlite-ledger.ts'
import { createOrder } from './sqlite-order.ts'

/**
 * Nobody else can have the file, so what is still lent when a process begins was lent by one that has ended: it is due
 * again at once instead of at the end of its lease. The attempt counts, so that a message that ends the process each time
 * comes to the end of its attempts.
 */
export function releaseLeases(ledger: Ledger): void {
  const { db, destinations, tally } = ledger
  const order = createOrder(ledger)
  // `state < 2` repeats the condition of the index, as in sqlite-claim.ts.
  const release = db.prepare(
    'update deliveries set state = 0, due = next_at where dest = ? and state = 1 and state < 2 returning seq, subject',
  )
  for (const { id: dest } of destinations.all()) {
    if (tally.count(dest, State.leased) === 0) continue
    const rows = release.all(dest)
    for (const { seq } of rows) tally.move({ seq: Number(seq), dest }, State.leased, State.pending)
    for (const { subject } of rows) if (typeof subject === 'string') order.arrange(dest, subject)
  }
}
