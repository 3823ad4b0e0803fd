import type { Logger } from 'pino'
import type { Outbox, Settlement } from '../outbox/outbox.ts'

/** Gathers outcomes and records them, many in one commit. What could not be recorded stays for the next time. */
export function createSettler(outbox: Outbox, { log, now }: { log: Logger; now: () => number }) {
  let finished: Settlement[] = []
  const gone = new Map<string, string>()

  async function settleFinished() {
    if (finished.length === 0) return
    const settlements = finished
    finished = []
    try {
      const lost = await outbox.settle(settlements)
      if (lost.length > 0) log.warn({ count: lost.length }, 'leases were over before their outcome: sent twice, maybe')
    } catch (error) {
      finished = [...settlements, ...finished]
      throw error
    }
  }

  return {
    add: (settlement: Settlement) => void finished.push(settlement),
    addGone: (destination: string, answer: string) => void gone.set(destination, answer),
    /** Said to be gone, and not yet paused in the ledger. */
    isGone: (destination: string) => gone.has(destination),
    async settle() {
      await settleFinished()
      // After the outcomes, so that the delivery that found nobody is parked with the others.
      for (const [destination, answer] of gone) {
        await outbox.pause(destination, `gone: ${answer}`, now())
        gone.delete(destination)
        log.error({ destination, answer }, 'destination is gone (410): paused; resume it when it is there again')
      }
    },
  }
}
