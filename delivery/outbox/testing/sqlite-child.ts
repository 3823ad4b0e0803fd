import { appendFileSync } from 'node:fs'
import { batch, claimAll, LEASE, messages, settlement, T } from '../contract/sample.ts'
import { openSqliteOutbox } from '../sqlite.ts'

// A process that is killed at a named point while it works on a ledger: `sqlite-child.ts <file> <point> <log>`.
// What it was answered it writes into the log at once, past every buffer. (Standard output would answer EAGAIN when its
// reader is slow: starting a worker makes it non-blocking.)

const [file = '', crashAt = '', log = ''] = process.argv.slice(2)
const say = (line: object) => appendFileSync(log, `${JSON.stringify(line)}\n`)
const outbox = await openSqliteOutbox({ file, now: Date.now, onSetAside: say, faults: { crashAt } })

for (let round = 0; round < 20; round += 1) {
  await Promise.all(
    messages(16, {}, `r${round}-`).map(async each => {
      const [appended] = await outbox.append(batch([each]), T)
      say({ acknowledged: appended?.id })
    }),
  )
  const claims = await claimAll(outbox, T + round)
  say({ claimed: claims.length })
  const half = claims.slice(0, 8)
  await outbox.settle(half.map(each => settlement(each, T + round, { kind: 'delivered' })))
  for (const { message } of half) say({ settled: message.id })
  if (round % 5 === 4) say({ pruned: await outbox.prune(T + round - LEASE, 100) })
  if (round % 5 === 4) say({ pruned: await outbox.prune(T + round - 2, 20) })
}
await outbox.close()
say({ end: true })
