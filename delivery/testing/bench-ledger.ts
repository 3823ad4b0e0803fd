import type { NewMessage } from '../outbox/outbox.ts'
import { openSqliteOutbox } from '../outbox/sqlite.ts'
import { sampleMessage } from './sink.ts'

// For `./fairlead bench delivery`, on a SQLite ledger past every receiver and sink:
//   bench-ledger.ts fill <file> <n>       n messages that wait for a destination
//   bench-ledger.ts measure <file> <n>    n appended by 64 callers, then as many claimed and settled by one dispatcher,
//                                         then the same number removed: the ledger is as large as before

const [what, file = '', countText] = process.argv.slice(2)
const count = Number(countText)
const DESTINATION = 'sink'
const TOGETHER = 64
const now = Date.now
const outbox = await openSqliteOutbox({
  ...{ file, now, wholeCheckBytes: 0 },
  onSetAside: () => {
    throw new Error('the ledger of a benchmark was found damaged')
  },
})
const prefix = `${now()}-${process.pid}`

function newMessage(n: number): NewMessage {
  const id = `${prefix}-${n}`
  const { sequence: _, ...message } = sampleMessage({ id, subject: { kind: 'Kustomization', name: id } })
  return { ...message, destinations: [DESTINATION], decisions: [] }
}

async function fill(): Promise<void> {
  for (let from = 0; from < count; from += 1000) {
    const messages = Array.from({ length: Math.min(1000, count - from) }, (_, n) => newMessage(from + n))
    await outbox.append({ messages, state: [] }, now())
  }
}

async function append(): Promise<void> {
  let next = 0
  const caller = async () => {
    while (next < count) await outbox.append({ messages: [newMessage(next++)], state: [] }, now())
  }
  await Promise.all(Array.from({ length: TOGETHER }, caller))
}

async function claim(): Promise<void> {
  let left = count
  while (left > 0) {
    const capacity = { destination: DESTINATION, free: Math.min(TOGETHER, left), ordered: false }
    const claims = await outbox.claim([capacity], now(), 60_000)
    if (claims.length === 0) throw new Error(`nothing to claim, expected ${left} more`)
    await outbox.settle(
      claims.map(({ token, message: { id: messageId }, destination }) => ({
        ...{ token, messageId, destination, at: now(), answer: '200', kind: 'delivered' as const },
      })),
    )
    left -= claims.length
  }
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (count * 1000) / (performance.now() - started)
}

if (what === 'fill') await fill()
else {
  await outbox.check() // opens the file
  const appendsPerSecond = await perSecond(append)
  const claimsPerSecond = await perSecond(claim)
  process.stdout.write(JSON.stringify({ appendsPerSecond, claimsPerSecond }))
  await outbox.prune(now() + 1, count)
}
await outbox.close()
