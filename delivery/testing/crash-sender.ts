import { setTimeout as delay } from 'node:timers/promises'
import { fluxEvent } from './flux-event.ts'

const LANES = 8
/** After a refusal, and between events when the burst is over: work goes on, so that every point is reached. */
const PAUSE_MS = 20

export type Sender = ReturnType<typeof createSender>

/**
 * Sends as Flux's notification-controller does: an event that got no 2xx comes again with the same bytes, whoever listens
 * then. Each event is about an object of its own, so it makes one message.
 */
export function createSender(token: string) {
  /** The id that the answer named, by the name of the object. */
  const acknowledged = new Map<string, string>()
  const unanswered: string[] = []
  let made = 0

  /** Resolves to whether it was taken. */
  async function send(url: string, name: string): Promise<boolean> {
    try {
      const response = await fetch(`${url}/webhook`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(fluxEvent({ involvedObject: { name, uid: name }, message: `${name} failed` })),
        signal: AbortSignal.timeout(15_000), // as notification-controller
      })
      const body = await response.text()
      if (response.status >= 400 && response.status < 500) throw new Refused(`${response.status}: ${body}`)
      if (response.status === 202) {
        acknowledged.set(name, (JSON.parse(body) as { id: string }).id) // as the receiver answers
        return true
      }
    } catch (error) {
      if (error instanceof Refused) throw error
      // Cut off: whether it was taken is not known.
    }
    unanswered.push(name)
    return false
  }

  return {
    acknowledged: acknowledged as ReadonlyMap<string, string>,
    /** What was sent before without an answer, then new events: `burst` of them at once, then slowly, until the signal. */
    async sendTo(url: string, { burst, signal }: { burst: number; signal: AbortSignal }): Promise<void> {
      const slowFrom = made + burst
      const lane = async () => {
        while (!signal.aborted) {
          const taken = await send(url, unanswered.shift() ?? `object-${++made}`)
          if (!taken || made >= slowFrom) await delay(PAUSE_MS, undefined, { signal }).catch(() => {}) // aborted: it ends
        }
      }
      await Promise.all(Array.from({ length: LANES }, lane))
    },
    /** Until everything that was ever sent has its answer. */
    async finish(url: string): Promise<void> {
      for (let name = unanswered.shift(); name !== undefined; name = unanswered.shift()) {
        if (!(await send(url, name))) await delay(PAUSE_MS)
      }
    },
  }
}

/** With 4xx, after which Flux does not come again. */
class Refused extends Error {}
