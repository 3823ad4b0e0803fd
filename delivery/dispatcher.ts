import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { released } from './dispatcher/attempt.ts'
import { createBell } from './dispatcher/bell.ts'
import type { Destination, DispatcherHooks } from './dispatcher/destination.ts'
import type { Health } from './dispatcher/health.ts'
import { createLane, type Lane, type LaneTools } from './dispatcher/lane.ts'
import { createSettler } from './dispatcher/settler.ts'
import { parkStrays, resumeKnown } from './dispatcher/strays.ts'
import type { Outbox } from './outbox/outbox.ts'

export type DispatcherOptions = {
  outbox: Outbox
  destinations: readonly Destination[]
  log: Logger
  /** Aborted: no claim any more; what is under way has `drainMs` to end. */
  signal: AbortSignal
  now?: () => number
  random?: () => number
  /** The longest wait for news; a net under wake() and the times that the outbox knows. */
  pollMs?: number
  /** The most that is claimed at a time for one destination. */
  batch?: number
  /** At least this; longer when a destination's timeout asks for it. */
  leaseMs?: number
  drainMs?: number
  hooks?: DispatcherHooks
}

export type Dispatcher = {
  /** Delivers until the signal; rejects never. */
  run(): Promise<void>
  /** Something was appended, resumed or replayed. */
  wake(): void
  /** Replaces the destinations, as after a reload; sinks that are no longer used are closed. */
  update(destinations: readonly Destination[]): void
  health(): Health[]
  countUnderway(): number
}

const resumeEveryMs = 60_000

/** One loop: record what ended, claim what there is room for, wait. Attempts run beside it, each destination in its lane. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { outbox, log, signal, now = Date.now, random = Math.random, hooks = {} } = options
  const { pollMs = 5000, batch = 64, leaseMs = 60_000, drainMs = 10_000 } = options
  const bell = createBell()
  const hardStop = new AbortController()
  const settler = createSettler(outbox, { log, now })
  const tools: LaneTools = {
    ...{ log, now, random, hooks, hardStop: hardStop.signal },
    onSettlement(settlement) {
      settler.add(settlement)
      bell.ring()
    },
    onGone: settler.addGone,
  }
  const lanes = new Map<string, Lane>()
  /** Lanes without a destination, until what they had under way has ended. */
  const retired = new Set<Lane>()
  let areStraysParked = false
  let resumedAt = Number.NEGATIVE_INFINITY

  function update(destinations: readonly Destination[]) {
    const wanted = new Map(destinations.map(destination => [destination.name, destination]))
    for (const [name, lane] of lanes) {
      if (wanted.has(name)) continue
      lanes.delete(name)
      retired.add(lane)
      lane.retire()
    }
    for (const [name, destination] of wanted) {
      const lane = lanes.get(name)
      if (lane) lane.replace(destination)
      else lanes.set(name, createLane(destination, tools))
    }
    areStraysParked = false
    resumedAt = Number.NEGATIVE_INFINITY
    bell.ring()
  }

  async function lookAfterStrays() {
    const known = [...lanes.keys()]
    if (performance.now() - resumedAt >= resumeEveryMs) {
      await resumeKnown(outbox, known, now(), log)
      resumedAt = performance.now()
    }
    if (areStraysParked) return
    await parkStrays(outbox, known, now(), log)
    areStraysParked = true
  }

  /** Claims for every lane with room; answers how long to wait when nothing rings. */
  async function claim(): Promise<number> {
    const open = [...lanes.values()].filter(({ name }) => !settler.isGone(name))
    const capacity = open.flatMap(lane => lane.capacity(batch) ?? [])
    if (capacity.length === 0) return pollMs
    const longest = Math.max(...[...lanes.values()].map(lane => lane.attemptLimitMs()))
    const lease = Math.max(leaseMs, longest + 2 * settleMs)
    const startBefore = performance.now() + lease - settleMs
    const claims = await outbox.claim(capacity, now(), lease)
    const taken = Map.groupBy(claims, each => each.destination)
    for (const [name, lane] of lanes) {
      const own = (taken.get(name) ?? []).map(each => ({
        claim: each,
        startBefore: startBefore - lane.attemptLimitMs(),
      }))
      lane.take(own)
    }
    // Claimed while an update took their destination away.
    for (const each of claims) if (!lanes.has(each.destination)) settler.add(released(each, now()))
    const notFull = capacity.filter(({ destination, free }) => (taken.get(destination)?.length ?? 0) < free)
    if (notFull.length === 0) return pollMs
    const due = await outbox.nextDue(notFull.map(({ destination }) => destination))
    return due === undefined ? pollMs : due - now()
  }

  async function run() {
    while (!signal.aborted) {
      try {
        await settler.settle()
        for (const lane of retired) if (lane.countUnderway() === 0) retired.delete(lane)
        await lookAfterStrays()
        const waitMs = signal.aborted ? 0 : await claim()
        await bell.wait(Math.min(pollMs, Math.max(waitMs, shortestWaitMs)))
      } catch (error) {
        log.error({ err: error }, 'the outbox cannot be used; deliveries wait')
        await delay(Math.min(pollMs, 1000), undefined, { signal }).catch(() => undefined) // stopped: so does the loop
      }
    }
    await drain()
  }

  /** In flight may end until `drainMs`, then it is cut and given back; what only waited goes back at once. */
  async function drain() {
    const all = [...lanes.values(), ...retired]
    for (const lane of all) lane.retire()
    const timer = setTimeout(() => hardStop.abort(), drainMs)
    const countUnderway = () => all.reduce((count, lane) => count + lane.countUnderway(), 0)
    for (;;) {
      const isLast = countUnderway() === 0
      await settler.settle().catch((error: unknown) => {
        log.error({ err: error }, 'outcomes cannot be recorded; what was delivered may be sent again')
      })
      if (isLast) break
      await bell.wait(drainMs)
    }
    clearTimeout(timer)
  }

  signal.addEventListener('abort', bell.ring)
  update(options.destinations)
  return {
    run,
    wake: bell.ring,
    update,
    health: () => [...lanes.values()].map(lane => lane.health()),
    countUnderway: () => [...lanes.values(), ...retired].reduce((count, lane) => count + lane.countUnderway(), 0),
  }
}

/** Time that recording an outcome may take within a lease. */
const settleMs = 5000
/** What is due but cannot be claimed (another replica was quicker) is no reason to ask without a pause. */
const shortestWaitMs = 20
