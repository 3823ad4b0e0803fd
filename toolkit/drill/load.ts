import { setTimeout as delay } from 'node:timers/promises'

/** Requests that nobody answers in time count as well: a client that waits for ever would be no load. */
const PATIENCE_MS = 10_000

export type Load = { stop(): Promise<void> }

/** Requests at a rate, GET unless `request` says otherwise, whatever becomes of them, until it is stopped. */
export function startLoad(url: string, perSecond: number, request: RequestInit = {}): Load {
  const stopping = new AbortController()
  const { signal } = stopping
  const underWay = new Set<Promise<void>>()

  async function run() {
    const since = performance.now()
    for (let sent = 0; !signal.aborted; sent++) {
      const due = since + (sent * 1000) / perSecond - performance.now()
      if (due > 0) await delay(due, undefined, { signal }).catch(() => {}) // aborted: the loop ends
      const one: Promise<void> = ask(url, {
        ...request,
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      }).finally(() => underWay.delete(one))
      underWay.add(one)
    }
  }

  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
      await Promise.all(underWay)
    },
  }
}

async function ask(url: string, request: RequestInit): Promise<void> {
  try {
    await (await fetch(url, request)).body?.cancel()
  } catch {
    // A service that is stopped or slow is what some drills are about; the alerts say what came of it.
  }
}
