import { setTimeout as delay } from 'node:timers/promises'
import { startClient } from './client.ts'
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
  const latencies: number[] = []
  let isCounting = false
  const failed = new AbortController()
  const until = AbortSignal.any([signal, failed.signal])
  const wait = (ms: number) =>
    delay(ms, undefined, { signal: until }).catch(() => {
      throw until.reason // instead of an AbortError around it
    })

  const onAnswer = (ms: number) => void (isCounting && latencies.push(ms))
  const onFailure = (error: Error) => failed.abort(error)
  const clients = Array.from({ length: connections }, () => startClient(new URL(url), onAnswer, onFailure))
  try {
    await wait(warmUpSeconds * 1000)
    const before = snapshot(pid)
    isCounting = true
    await wait(seconds * 1000)
    // On a busy machine the first answer may take longer than that; a client gives it 10 s.
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
    for (const client of clients) client.stop()
  }
}

const snapshot = (pid: number) => ({
  ms: performance.now(),
  cpu: cpuMicroseconds(pid),
  busy: performance.eventLoopUtilization(),
})
