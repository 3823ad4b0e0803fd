import { OutboxUnavailable } from './outbox.ts'
import type { OnPoint } from './points.ts'
import { createAppend } from './sqlite-append.ts'
import { createClaim } from './sqlite-claim.ts'
import { createFind } from './sqlite-find.ts'
import { createPrune } from './sqlite-finish.ts'
import type { Ledger } from './sqlite-ledger.ts'
import { createOperate, createPause } from './sqlite-operate.ts'
import type { Operations } from './sqlite-operations.ts'
import { createSettle } from './sqlite-settle.ts'
import { createStateReaders } from './sqlite-state.ts'
import { createUnmatched } from './sqlite-unmatched.ts'

/** Everything the worker can do with an open ledger, by name. */
export function createHandlers(
  ledger: Ledger,
  options: { maxBytes?: number; onPoint: OnPoint; hasLeases: boolean },
): Operations {
  const { db, tally } = ledger
  const append = createAppend(ledger)
  const pragma = (name: string) => Number(Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0])
  const pageSize = pragma('page_size')
  const usedBytes = () => (pragma('page_count') - pragma('freelist_count')) * pageSize

  const refuseWhenFull = () => {
    const { maxBytes } = options
    if (maxBytes === undefined) return
    const used = usedBytes()
    if (used < maxBytes) return
    throw new OutboxUnavailable(`the ledger is full: ${used} of ${maxBytes} bytes; deliver, discard or allow more`)
  }
  // As large as a batch, so that a disk on which only crumbs are left does not look healthy.
  const touch = db.prepare("insert or replace into meta (key, value) values ('check', zeroblob(65536))")

  return {
    append(input) {
      refuseWhenFull()
      return append(input)
    },
    ...createStateReaders(ledger),
    ...createClaim(ledger, options.hasLeases),
    settle: createSettle(ledger, options.onPoint),
    ...createFind(ledger),
    unmatched: createUnmatched(ledger),
    ...createOperate(ledger),
    ...createPause(ledger),
    prune: createPrune(ledger),
    vacuum({ pages }) {
      db.exec(`pragma incremental_vacuum(${Math.trunc(pages)})`)
      options.onPoint('during-vacuum')
      const left = pragma('freelist_count')
      // What was given back leaves the file only when the log has been carried over.
      if (left === 0) db.exec('pragma wal_checkpoint(truncate)')
      return left
    },
    size: () => ({ bytes: pragma('page_count') * pageSize, messages: tally.messageCount() }),
    check() {
      refuseWhenFull()
      touch.run()
    },
  }
}
