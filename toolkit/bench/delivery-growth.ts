import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { DeliveryBench } from './delivery-bench.ts'
import { interleave, medianOf } from './rounds.ts'
import { formatTable } from './table.ts'

type Rates = { appendsPerSecond: number; claimsPerSecond: number }

/** Below this share of the rate with few messages a ledger is not called flat: rounds differ by as much. */
const FLAT = 0.8

/** What the store does with many messages that wait, to what it does with few. */
export async function benchGrowth(bench: DeliveryBench): Promise<void> {
  const { plan, print } = bench
  const ledgers: { name: string; file: string }[] = []
  for (const size of plan.ledgers) ledgers.push({ name: String(size), file: await fillLedger(bench, size) })
  const samples = await interleave(ledgers, plan.rounds, async ({ file }): Promise<Rates> => {
    return JSON.parse(await onLedger(bench, 'measure', file, plan.ledgerMessages)) // as bench-ledger.ts prints it
  })
  const [first] = ledgers
  const of = (name: string, field: keyof Rates) => medianOf(samples.get(name) ?? [], field)
  const rows = ledgers.map(ledger => {
    const pair = (field: keyof Rates) => {
      const ratio = of(ledger.name, field) / of(first?.name ?? '', field)
      return { cells: [of(ledger.name, field).toFixed(0), ratio.toFixed(2)], isFlat: ratio >= FLAT }
    }
    const [appends, claims] = [pair('appendsPerSecond'), pair('claimsPerSecond')]
    const isMet = appends.isFlat && claims.isFlat
    const aim = ledger === first ? '' : `both >= ${FLAT}: ${isMet ? 'met' : 'not met'}`
    return [ledger.name, ...appends.cells, ...claims.cells, aim]
  })
  print(
    `\nThe ledger in SQLite by the messages that wait in it (${plan.ledgerMessages} appended one by one, then claimed and settled):`,
  )
  const to = `to ${first?.name}`
  for (const line of formatTable(['messages', 'appends/s', to, 'claims/s', to, 'aim'], rows)) print(line)
}

/** Resolves to the file of a new ledger with so many messages that wait. */
export async function fillLedger(bench: DeliveryBench, count: number): Promise<string> {
  const folder = bench.newFolder()
  await mkdir(folder)
  const file = join(folder, 'outbox.db')
  await onLedger(bench, 'fill', file, count)
  return file
}

async function onLedger({ programs, signal }: DeliveryBench, what: string, file: string, count: number) {
  const args = programs.ledger(what, file, String(count))
  const { code, stdout, stderr } = await run(process.execPath, args, { env: {}, signal, endWithUs: 'SIGTERM' })
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`bench-ledger.ts ${what} ended with code ${code}\n${stderr}`.trimEnd())
  return stdout
}
