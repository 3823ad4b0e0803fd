import { setTimeout as delay } from 'node:timers/promises'
import { connectPoster } from './delivery-poster.ts'
import { TOKEN } from './delivery-program.ts'
import type { Load, LoadOptions } from './load.ts'
import { createMeter } from './meter.ts'

export type PostOptions = LoadOptions & {
  /** Each connection sends one event in this time, and no more; without, the next one as soon as it has its answer. */
  everyMs?: number
}

let made = 0

/** An event of Flux about an object of its own, so that each is one message. */
function nextEvent(): string {
  const name = `app-${++made}`
  return JSON.stringify({
    involvedObject: { kind: 'Kustomization', namespace: 'flux-system', name, uid: name },
    severity: 'error',
    timestamp: new Date().toISOString(),
    message: `health check of ${name} failed: timeout waiting for Deployment/default/${name}`,
    reason: 'HealthCheckFailed',
    metadata: { revision: 'main@sha1:4b825dc642cb6eb9a060e54bf8d69288fbee4904' },
    reportingController: 'kustomize-controller',
    reportingInstance: 'kustomize-controller-7d9f8b6c5d-x2k4p',
  })
}

/** Like load(), with events to /webhook. Rejects when one is answered with anything but 202. */
export async function postEvents(
  { url, pid }: { url: string; pid: number },
  { connections, seconds, warmUpSeconds, everyMs }: PostOptions,
  signal: AbortSignal,
): Promise<Load> {
  const meter = createMeter(pid)
  const ending = new AbortController()
  const startedAt = performance.now()
  async function sender(index: number): Promise<void> {
    const { port } = new URL(url)
    using poster = await connectPoster(Number(port), '/webhook', TOKEN)
    // Times of its own, as far apart from the others' as can be: senders that wait from answer to answer end up in step,
    // because one commit answers many, and then the p99 is that of a crowd.
    let due = startedAt + ((everyMs ?? 0) * index) / connections
    while (!ending.signal.aborted) {
      if (everyMs !== undefined) await delay(Math.max(0, due - performance.now()))
      const since = performance.now()
      const status = await poster.post(nextEvent())
      if (status !== 202) throw new Error(`POST /webhook answered ${status}, expected 202`)
      meter.count(performance.now() - since)
      if (everyMs !== undefined) due = nextAfter(due, everyMs)
    }
  }
  const senders = Promise.all(Array.from({ length: connections }, (_, index) => sender(index)))
  const wait = (ms: number) => Promise.race([delay(ms, undefined, { signal }), senders])
  try {
    return await meter.measure({ seconds, warmUpSeconds }, wait)
  } finally {
    ending.abort()
    await senders.catch(() => {}) // told by the wait above
  }
}

/** What could not be sent in time is left out: to send it at once would make a crowd again. */
const nextAfter = (due: number, everyMs: number) =>
  due + everyMs * Math.max(1, Math.ceil((performance.now() - due) / everyMs))
