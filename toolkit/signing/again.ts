import { setTimeout as delay } from 'node:timers/promises'
import type { Exit } from '../exec.ts'

/** Before the second and the third try. */
const DELAYS_MS = [2000, 10_000]

/** Faults of the way, or of a service that is busy: nothing was judged yet, and a second signature does no harm. */
const passing =
  /connection reset|i\/o timeout|TLS handshake timeout|unexpected EOF|deadline exceeded|(status code|returned)[: ]+(429|50[0234])|429 Too Many Requests|50[234] (Bad Gateway|Service Unavailable|Gateway Time-?out)/i

/** Runs cosign again after a passing fault; its last exit counts. */
export async function again(
  work: () => Promise<Exit>,
  { signal, delaysMs = DELAYS_MS }: { signal: AbortSignal; delaysMs?: readonly number[] },
): Promise<Exit> {
  for (const waitMs of delaysMs) {
    const exit = await work()
    if (exit.code === 0 || !passing.test(exit.stderr)) return exit
    await delay(waitMs, undefined, { signal })
  }
  return work()
}
