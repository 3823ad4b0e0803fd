import type { Health } from '../dispatcher/health.ts'
import { type DestinationHealth, type Readiness, statusOf } from '../health.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { inTime } from '../receiver/in-time.ts'
import type { StorageState } from '../upkeep/storage.ts'
import { healthOf } from './destination-health.ts'
import type { Live } from './live.ts'

export type StatusOptions = {
  outbox: Pick<Outbox, 'check' | 'counts' | 'paused'>
  live: () => Live
  attempts: () => Health[]
  storage: () => StorageState
  /** Why the last reload failed. */
  configProblem: () => string | undefined
  isDraining: () => boolean
  now: () => number
}

type Look = {
  ledger: Readiness['ledger']
  destinations: DestinationHealth[]
  counts: Awaited<ReturnType<Outbox['counts']>>
}

/** Probes come every few seconds, and from several sides. */
const ANSWER_WITHIN_MS = 3000

/** What probes, metrics and the API tell about this process. */
export function createStatus(options: StatusOptions) {
  const { outbox, live, attempts, storage, configProblem, isDraining, now } = options
  let looking: Promise<Look> | undefined

  /** One look serves all that ask meanwhile. */
  function look(): Promise<Look> {
    looking ??= lookNow().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function lookNow(): Promise<Look> {
    const { destinations } = live()
    try {
      await inTime(outbox.check(), ANSWER_WITHIN_MS)
      const [counts, pauses] = await inTime(Promise.all([outbox.counts(), outbox.paused()]), ANSWER_WITHIN_MS)
      const ledger = { writable: true }
      return { ledger, counts, destinations: healthOf(destinations, attempts(), counts, pauses, now()) }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const ledger = { writable: false, reason }
      return { ledger, counts: [], destinations: healthOf(destinations, attempts(), [], [], now()) }
    }
  }

  async function readiness(): Promise<Readiness> {
    const { ledger, destinations } = await look()
    const { level, reason } = storage()
    const problem = configProblem()
    const state = {
      ledger,
      storage: { level, ...(reason !== undefined && { reason }) },
      sources: { problems: live().problems },
      config: { loadedAt: live().loadedAt, ...(problem !== undefined && { problem }) },
      destinations,
    }
    return { status: statusOf(state, isDraining()), ...state }
  }

  return { look, readiness }
}
