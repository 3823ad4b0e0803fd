import { setTimeout as delay } from 'node:timers/promises'
import { startClient } from './client.ts'
import { createMeter } from './meter.ts'

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
  const meter = createMeter(pid)
  const failed = new AbortController()
  const until = AbortSignal.any([signal, failed.signal])
  const wait = (ms: number) =>
    delay(ms, undefined, { signal: until }).catch(() => {
      throw until.reason // instead of an AbortError around it
    })

  const onFailure = (error: Error) => failed.abort(error)
  const clients = Array.from({ length: connections }, () => startClient(new URL(url), meter.count, onFailure))
  try {
    return await meter.measure({ seconds, warmUpSeconds }, wait)
  } finally {
    for (const client of clients) client.stop()
  }
}
