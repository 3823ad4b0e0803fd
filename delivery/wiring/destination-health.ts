import type { Destination } from '../dispatcher/destination.ts'
import type { Health } from '../dispatcher/health.ts'
import type { DestinationHealth } from '../health.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { isBrokenPause } from './destinations.ts'

type Counts = Awaited<ReturnType<Outbox['counts']>>
type Pauses = Awaited<ReturnType<Outbox['paused']>>

/** After so many failures in a row a destination counts as down, whatever the reason. */
const FAILING_AFTER = 4

/** How each destination does, from its configuration, its last attempts, its pauses, and what the ledger holds for it. */
export function healthOf(
  destinations: readonly Destination[],
  attempts: readonly Health[],
  counts: Counts,
  pauses: Pauses,
  now: number,
): DestinationHealth[] {
  return destinations.map(({ name, type, sink }) => {
    const own = counts.filter(each => each.destination === name)
    const waiting = own.filter(({ state }) => state === 'pending' || state === 'leased' || state === 'parked')
    const sum = (entries: Counts) => entries.reduce((total, { count }) => total + count, 0)
    const oldest = Math.min(now, ...waiting.map(each => each.oldest))
    const pause = pauses.find(each => each.destination === name)
    return {
      ...{ name, type },
      ...stateOf(
        sink.problem,
        pause?.reason,
        attempts.find(each => each.destination === name),
      ),
      pending: sum(waiting),
      dead: sum(own.filter(({ state }) => state === 'dead')),
      oldestPendingSeconds: (now - oldest) / 1000,
    }
  })
}

function stateOf(
  problem: string | undefined,
  pause: string | undefined,
  health: Health | undefined,
): Pick<DestinationHealth, 'state' | 'reason'> {
  if (problem !== undefined) return { state: 'degraded', reason: problem }
  if (pause !== undefined && !isBrokenPause(pause)) return { state: 'paused', reason: pause }
  if (health?.degraded !== undefined) return { state: 'degraded', reason: health.degraded.reason }
  const failures = health?.consecutiveFailures ?? 0
  return failures >= FAILING_AFTER ? { state: 'degraded', reason: `${failures} failures in a row` } : { state: 'up' }
}
