import type { Histogram } from 'prom-client'
import type { Outbox } from '../outbox/outbox.ts'

/** The outbox, whose appends are timed. How many share a commit only the store knows: see OnCommit. */
export function measured(outbox: Outbox, { commitSeconds }: { commitSeconds: Histogram }): Outbox {
  return {
    ...outbox,
    async append(batch, now) {
      const started = performance.now()
      const appended = await outbox.append(batch, now)
      commitSeconds.observe((performance.now() - started) / 1000)
      return appended
    },
  }
}
