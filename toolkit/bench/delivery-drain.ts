import { copyFile, mkdir } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { DeliveryBench } from './delivery-bench.ts'
import { fillLedger } from './delivery-growth.ts'
import { type Server, startServer } from './process.ts'
import { interleave, median, spread } from './rounds.ts'
import { formatTable } from './table.ts'

/** As many as a destination has under way unless it says otherwise. */
const CONCURRENCY = 8
/** The time in which nothing more arrives, after which something is broken. */
const STALLED_MS = 60_000

const CLIENT = 'a bare client'
const DISPATCHER = 'the dispatcher'

/** Deliveries per second to a sink that answers at once, of one destination. */
export async function benchDrain(bench: DeliveryBench): Promise<void> {
  const { plan, print } = bench
  const ledger = await fillLedger(bench, plan.deliveries)
  const variants = [
    { name: CLIENT, send: (sink: Server) => postAll(sink, plan.deliveries) },
    { name: DISPATCHER, send: (sink: Server) => dispatchAll(bench, ledger, sink) },
  ]
  const samples = await interleave(variants, plan.rounds, ({ send }) => withSink(bench, plan.deliveries, send))
  print(`\nDeliveries per second to an instant sink, ${CONCURRENCY} at a time, ${plan.deliveries} of them:`)
  const of = (name: string) => samples.get(name) ?? []
  const rows = variants.map(({ name }) => [
    name,
    median(of(name)).toFixed(0),
    `${Math.round(spread(of(name)) * 100)} %`,
    (median(of(name)) / median(of(CLIENT))).toFixed(2),
    '',
  ])
  const backlog = await fillLedger(bench, plan.backlog)
  const rate = await withSink(bench, plan.backlog, sink => dispatchAll(bench, backlog, sink))
  const toFew = (rate / median(of(DISPATCHER))).toFixed(2)
  for (const line of formatTable(['who sends', 'per second', 'spread', 'to the client', ''], rows)) print(line)
  print(
    `A backlog of ${plan.backlog}: ${rate.toFixed(0)} per second (${toFew} of the rate above), gone in ${(plan.backlog / rate).toFixed(1)} s.`,
  )
}

async function withSink(
  { programs, signal }: DeliveryBench,
  count: number,
  send: (sink: Server) => Promise<AsyncDisposable>,
): Promise<number> {
  const sink = await startServer(programs.sink(0), signal)
  try {
    await using _sender = await send(sink)
    return await rateOf(sink, count, signal)
  } finally {
    await sink.stop()
  }
}

type Seen = { count: number; firstMs: number; lastMs: number }

/** By the sink's own clock, so that it does not matter how often it is asked. */
async function rateOf({ url }: Server, count: number, signal: AbortSignal): Promise<number> {
  let last = 0
  let since = performance.now()
  for (;;) {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) })
    const seen = (await response.json()) as Seen // of bench-sink.ts
    if (seen.count >= count) return (seen.count * 1000) / (seen.lastMs - seen.firstMs)
    if (seen.count > last) since = performance.now()
    last = seen.count
    if (performance.now() - since > STALLED_MS) throw new Error(`${last} of ${count} deliveries arrived, then no more`)
    await delay(100, undefined, { signal })
  }
}

/** Over a copy: the ledger is for the next round, too. */
async function dispatchAll(bench: DeliveryBench, ledger: string, sink: Server): Promise<AsyncDisposable> {
  const folder = bench.newFolder()
  await mkdir(folder)
  await copyFile(ledger, join(folder, 'outbox.db'))
  const options = { name: DISPATCHER, roles: ['dispatcher'], sink: sink.url } as const
  const server = await startServer(await bench.programs.program(folder, options), bench.signal, bench.folder)
  return { [Symbol.asyncDispose]: () => server.stop() }
}

async function postAll({ url }: Server, count: number): Promise<AsyncDisposable> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })
  const body = JSON.stringify({ text: 'x'.repeat(1000) })
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  let left = count
  const lane = async () => {
    while (left-- > 0) {
      await new Promise<void>((resolve, reject) => {
        const answered = request(url, { agent, method: 'POST', headers }, response =>
          response.resume().on('end', resolve).on('error', reject),
        )
        answered.on('error', reject).end(body)
      })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
  return { [Symbol.asyncDispose]: async () => agent.destroy() }
}
