import { setTimeout as delay } from 'node:timers/promises'

/** Runs `work` now and then `everyMs` after its end, asked anew each time, until the signal. `work` handles its own errors. */
export async function repeat(work: () => Promise<void>, everyMs: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work()
    await delay(everyMs(), undefined, { signal }).catch(() => {}) // aborted: the loop ends
  }
}
