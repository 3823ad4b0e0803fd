import type { Histogram } from 'prom-client'
import type { Outbox } from '../outbox/outbox.ts'

export type CommitMetrics = { commitSeconds: Histogram; commitMessages: Histogram }

/** The outbox, whose appends are measured. Those that share a commit resolve in the same turn, so they are counted by it. */
export function measured(outbox: Outbox, { commitSeconds, commitMessages }: CommitMetrics): Outbox {
  let together = 0
  const count = (messages: number) => {
    if (together === 0) {
      setImmediate(() => {
        commitMessages.observe(together)
        together = 0
      })
    }
    together += messages
  }
  return {
    ...outbox,
    async append(batch, now) {
      const started = performance.now()
      const appended = await outbox.append(batch, now)
      commitSeconds.observe((performance.now() - started) / 1000)
      if (appended.length > 0) count(appended.length)
      return appended
    },
  }
}
