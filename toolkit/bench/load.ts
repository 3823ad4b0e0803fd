import { setTimeout as delay } from 'node:timers/promises'
import { cpuMicroseconds } from './proc.ts'
import { quantile } from './rounds.ts'

export type LoadOptions = { connections: number; seconds: number; warmUpSeconds: number }

export type Load = {
  requestsPerSecond: number
  p99Ms: number
  /** Of the server's process, per request. */
  cpuMicroseconds: number
  /** Share of the time that this process, which sends the requests, was busy. Near 1 it is the bottleneck. */
  generatorBusy: number
}

/**
 * Keeps `connections` requests under way for a while, of which the warm-up does not count. Rejects when one of them is
 * answered with anything but 200, or not at all.
 */
export async function load(
  { url, pid }: { url: string; pid: number },
  { connections, seconds, warmUpSeconds }: LoadOptions,
  signal: AbortSignal,
): Promise<Load> {
  const { default: autocannon } = await import('autocannon')
  const latencies: number[] = [] // autocannon's own are whole milliseconds
  let isCounting = false
  const failed = new AbortController()
  const fail = (error: Error) => failed.abort(error)
  const until = AbortSignal.any([signal, failed.signal])
  const wait = (ms: number) =>
    delay(ms, undefined, { signal: until }).catch(() => {
      throw until.reason // instead of an AbortError around it
    })

  const { promise: stopped, resolve: onStopped } = Promise.withResolvers<void>()
  // It looks whether to stop once in a sample interval.
  const options = { url, connections, duration: 3600, sampleInt: 20, skipAggregateResult: true }
  const cannon = autocannon(options, () => onStopped())
  cannon.on('reqError', fail)
  cannon.on('response', (_client, status, _bytes, ms) => {
    if (status !== 200) fail(new Error(`answered ${status}, expected 200`))
    if (isCounting) latencies.push(ms)
  })
  try {
    await wait(warmUpSeconds * 1000)
    const before = snapshot(pid)
    isCounting = true
    await wait(seconds * 1000)
    // On a busy machine the first answer may take longer than that; autocannon gives a request 10 s.
    while (latencies.length === 0) await wait(50)
    isCounting = false
    const after = snapshot(pid)
    return {
      requestsPerSecond: latencies.length / ((after.ms - before.ms) / 1000),
      p99Ms: quantile(latencies, 0.99),
      cpuMicroseconds: (after.cpu - before.cpu) / latencies.length,
      generatorBusy: performance.eventLoopUtilization(after.busy, before.busy).utilization,
    }
  } finally {
    cannon.stop()
    await stopped
  }
}

const snapshot = (pid: number) => ({
  ms: performance.now(),
  cpu: cpuMicroseconds(pid),
  busy: performance.eventLoopUtilization(),
})
