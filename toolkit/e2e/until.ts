import { setTimeout as delay } from 'node:timers/promises'

const EVERY_MS = 250
/** Only ever means "never": nothing here takes a tenth of it on a machine that has something else to do. */
const DEADLINE_MS = 180_000

type UntilOptions = { signal: AbortSignal; deadlineMs?: number; everyMs?: number }

/** Asks until the answer fits. An error while asking is an answer that does not fit; the last one is told at the end. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  { signal, deadlineMs = DEADLINE_MS, everyMs = EVERY_MS }: UntilOptions,
): Promise<T> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const { answer, error } = await attempt(ask)
    if (error === undefined && fits(answer as T)) return answer as T // it answered
    signal.throwIfAborted()
    if (performance.now() > deadline) {
      const last =
        error instanceof Error ? error.message : (JSON.stringify(error ?? answer)?.slice(0, 2000) ?? 'nothing')
      throw new Error(`${what}: not within ${Math.round(deadlineMs / 1000)} s; last seen: ${last}`, { cause: error })
    }
    await delay(everyMs, undefined, { signal }).catch(() => signal.throwIfAborted()) // with the reason of the stop
  }
}

async function attempt<T>(ask: () => Promise<T>): Promise<{ answer?: T; error?: unknown }> {
  try {
    return { answer: await ask() }
  } catch (error) {
    return { error: error ?? 'an empty error' }
  }
}
