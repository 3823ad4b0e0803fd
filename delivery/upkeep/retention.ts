import type { Complete } from '../config.ts'
import type { Outbox } from '../outbox/outbox.ts'

export type RetentionOptions = {
  outbox: Pick<Outbox, 'prune'>
  settings: () => Complete['retention']
  now: () => number
  log: Record<'info' | 'error', (fields: object, sentence: string) => void>
  onRun: (result: 'ok' | 'failed', pruned: number) => void
  signal: AbortSignal
}

/** Small steps, so that no other commit waits long. */
const STEP = 500

/** One run of retention: removes what ended well long enough ago, dead letters never. */
export function createRetention({ outbox, settings, now, log, onRun, signal }: RetentionOptions) {
  return async () => {
    const { enabled, delivered } = settings()
    if (!enabled) return
    let pruned = 0
    try {
      const before = now() - delivered
      for (let step = STEP; step === STEP && !signal.aborted; pruned += step) step = await outbox.prune(before, STEP)
      onRun('ok', pruned)
      if (pruned > 0) log.info({ messages: pruned }, 'retention removed old messages')
    } catch (error) {
      onRun('failed', pruned)
      log.error({ err: error, messages: pruned }, 'retention failed; it will run again')
    }
  }
}
