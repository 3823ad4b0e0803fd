import type { AttemptReport } from '../dispatcher/destination.ts'
import type { Fate } from '../episodes/step.ts'
import type { DestinationHealth } from '../health.ts'
import type { Metrics } from '../metrics.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Reception } from '../receiver/answers.ts'
import type { Quota } from '../sinks/pushover.ts'
import type { StorageState } from '../upkeep/storage.ts'

type Counts = Awaited<ReturnType<Outbox['counts']>>

const STATES = ['pending', 'leased', 'parked', 'dead'] as const
const LEVELS = { ok: 0, warning: 1, critical: 2 }

/** Turns what the parts tell into metrics. */
export function createObserver(metrics: Metrics) {
  const metered = new Set<string>()
  return {
    /** Alerts on an increase need the series from the start. */
    onSources(sources: readonly { name: string }[]) {
      for (const { name: source } of sources) metrics.signatureFailures.inc({ source }, 0)
    },
    onReception(source: string, reception: Reception, status: number, seconds: number) {
      metrics.requests.inc({ source, status: String(status) })
      metrics.requestSeconds.observe({ source }, seconds)
      if (reception === 'unauthorized') metrics.signatureFailures.inc({ source })
    },
    onFate: (fate: Fate, source: string) => metrics.messages.inc({ source, result: fate.replaceAll(' ', '_') }),
    onAttempt({ destination, type, result, class: answerClass, seconds }: AttemptReport) {
      const ended = { success: 'delivered', retry: 'retry', error: 'dead' }[result]
      metrics.attempts.inc({ destination })
      metrics.deliveries.inc({ destination, result: ended, class: answerClass })
      metrics.deliverySeconds.observe({ destination }, seconds)
      if (type !== 'webhook') return
      metrics.webhookEvents.inc({ result })
      metrics.webhookSeconds.observe(seconds)
    },
    onQuota(destination: string, { limit, remaining }: Quota) {
      metered.add(destination)
      metrics.pushoverLimit.set({ destination }, limit)
      metrics.pushoverRemaining.set({ destination }, remaining)
    },
    onReload(result: 'ok' | 'failed') {
      metrics.reloads.inc({ result })
      metrics.configCurrent.set(result === 'ok' ? 1 : 0)
    },
    onRetention(result: 'ok' | 'failed', pruned: number) {
      metrics.retentionRuns.inc({ result })
      metrics.pruned.inc(pruned)
    },
    onStorage({ level, used, bytes, messages }: StorageState) {
      metrics.storageLevel.set(LEVELS[level])
      for (const [resource, share] of Object.entries(used)) metrics.storageUsed.set({ resource }, share)
      metrics.outboxBytes.set(bytes)
      metrics.outboxMessages.set(messages)
    },
    /** Gauges per destination; one that was taken out of the configuration is no longer shown. */
    onDestinations(destinations: readonly DestinationHealth[], counts: Counts) {
      for (const gauge of [metrics.queueDepth, metrics.oldestPending, metrics.deadLetters, metrics.destinationUp])
        gauge.reset()
      for (const destination of metered) {
        if (destinations.some(({ name, type }) => name === destination && type === 'pushover')) continue
        metered.delete(destination)
        metrics.pushoverLimit.remove({ destination })
        metrics.pushoverRemaining.remove({ destination })
      }
      for (const { name, state, dead, oldestPendingSeconds } of destinations) {
        metrics.destinationUp.set({ destination: name }, state === 'up' ? 1 : 0)
        metrics.deadLetters.set({ destination: name }, dead)
        metrics.oldestPending.set({ destination: name }, oldestPendingSeconds)
        for (const each of STATES) {
          const found = counts.find(count => count.destination === name && count.state === each)
          metrics.queueDepth.set({ destination: name, state: each }, found?.count ?? 0)
        }
      }
    },
  }
}
