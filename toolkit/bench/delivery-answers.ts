import type { DeliveryBench } from './delivery-bench.ts'
import { measurePosts } from './delivery-intake.ts'
import { startServer } from './process.ts'
import { interleave, medianOf } from './rounds.ts'
import { formatTable, judge } from './table.ts'

const sinks = [
  { name: 'instant', delayMs: 0 },
  { name: '200 ms', delayMs: 200 },
  { name: '11 s', delayMs: 11_000 },
]

/** A rate that every variant keeps: as fast as it goes, a process with a slow sink has less to do and would look better. */
const RATE = { connections: 20, everyMs: 100 }

/** Who sends must not feel how slow the destination is. */
export async function benchAnswers(bench: DeliveryBench): Promise<void> {
  const { plan, programs, signal, print } = bench
  const load = { ...RATE, seconds: plan.answerSeconds, warmUpSeconds: plan.load.warmUpSeconds }
  const samples = await interleave(sinks, plan.rounds, async ({ name, delayMs }) => {
    const sink = await startServer(programs.sink(delayMs), signal)
    try {
      return await measurePosts(bench, { name, sink: sink.url }, load)
    } finally {
      await sink.stop()
    }
  })
  print(
    `\nThe answer to an event while its destination is slow, at ${(RATE.connections * 1000) / RATE.everyMs} events/s:`,
  )
  const of = (name: string) => medianOf(samples.get(name) ?? [], 'p99Ms')
  const rows = sinks.map(({ name, delayMs }) => {
    const ratio = of(name) / of('instant')
    const aim = delayMs > 0 ? judge({ what: 'p99', atMost: 1.2 }, ratio) : ''
    const rate = medianOf(samples.get(name) ?? [], 'requestsPerSecond')
    return [name, rate.toFixed(0), of(name).toFixed(1), ratio.toFixed(2), aim]
  })
  for (const line of formatTable(['the sink takes', 'events/s', 'p99 ms', 'to instant', 'aim'], rows)) print(line)
}
