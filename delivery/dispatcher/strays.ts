import type { Logger } from 'pino'
import type { Outbox } from '../outbox/outbox.ts'

const reason = 'no destination of this name is configured'

/** Deliveries for a destination that was taken out of the configuration are parked, where an operator sees, replays or discards them. */
export async function parkStrays(outbox: Outbox, known: readonly string[], now: number, log: Logger): Promise<void> {
  const waiting = (await outbox.counts()).filter(({ state }) => state === 'pending' || state === 'leased')
  const strays = new Set(waiting.map(({ destination }) => destination).filter(name => !known.includes(name)))
  for (const destination of strays) {
    await outbox.pause(destination, reason, now)
    log.warn({ destination }, 'messages wait for a destination that is not configured: parked')
  }
}

/** A destination that is back, or that another replica did not know yet, takes up what was parked for its absence. */
export async function resumeKnown(outbox: Outbox, known: readonly string[], now: number, log: Logger): Promise<void> {
  for (const paused of await outbox.paused()) {
    if (paused.reason !== reason || !known.includes(paused.destination)) continue
    await outbox.resume(paused.destination, now)
    log.info({ destination: paused.destination }, 'destination is configured again: resumed')
  }
}
