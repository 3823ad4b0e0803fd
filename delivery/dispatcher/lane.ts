import type { Logger } from 'pino'
import type { Capacity, Claim, Settlement } from '../outbox/outbox.ts'
import type { Sink } from '../sinks/sink.ts'
import { type Attempted, attemptOnce, released, settlementOf } from './attempt.ts'
import { attemptLimitMs, complete, type Destination, type DispatcherHooks } from './destination.ts'
import { afterOutcome, type Health } from './health.ts'
import { reportAttempt, reportTurn } from './report.ts'

export type LaneTools = {
  log: Logger
  now: () => number
  random: () => number
  /** Aborted when even attempts under way have to end. */
  hardStop: AbortSignal
  hooks: DispatcherHooks
  /** A delivery came to its end here, one way or the other. */
  onSettlement(settlement: Settlement): void
  onGone(destination: string, answer: string): void
}

/** A claim in its lane; `startBefore` (of performance.now) leaves enough of its lease for one whole attempt. */
export type Waiting = { claim: Claim; startBefore: number }

export type Lane = ReturnType<typeof createLane>

/**
 * The deliveries of one destination: at most `concurrency` under way, some more claimed and waiting, so that one claim
 * and one commit serve many. A lane that fails claims no more than it has under way, and what waited too long goes back.
 */
export function createLane(first: Destination, tools: LaneTools) {
  const { log, now, random, hooks } = tools
  let destination = complete(first)
  let health = freshHealth(first, now())
  let waiting: Waiting[] = []
  const underway = new Map<Claim, Destination>()
  const closed = new WeakSet<Sink>()
  let isRetired = false
  let hasOutcome = false

  const release = (claim: Claim) => tools.onSettlement(released(claim, now()))

  function start() {
    while (waiting.length > 0 && underway.size < destination.concurrency) {
      const next = waiting.shift()
      if (next === undefined) return
      if (performance.now() > next.startBefore) release(next.claim)
      else if (next.claim.attempt > destination.profile.maxAttempts) giveUp(next.claim)
      else void attempt(next.claim)
    }
  }

  /** Every attempt was lent, and the last ones ended without an outcome: whatever it does to us, it does it no more. */
  function giveUp(claim: Claim) {
    const answer = `given up before attempt ${claim.attempt}: the one before ended with our process, or its lease ran out`
    tools.onSettlement({ ...released(claim, now()), kind: 'dead', answer })
    log.error(
      { id: claim.message.id, destination: destination.name, attempt: claim.attempt },
      'delivery given up untried',
    )
  }

  async function attempt(claim: Claim) {
    const used = destination
    underway.set(claim, used)
    const startedAt = now()
    const started = performance.now()
    const limits = { now: startedAt, limitMs: attemptLimitMs(used.sink), signal: tools.hardStop }
    hooks.onPoint?.('before-send')
    const attempted = await attemptOnce(used.sink, claim, limits)
    if (attempted.outcome.kind === 'delivered') hooks.onPoint?.('after-answer')
    underway.delete(claim)
    const seconds = (performance.now() - started) / 1000
    try {
      finish(claim, used, attempted, { startedAt, seconds })
    } catch (error) {
      // The outcome is recorded before anybody is told of it.
      log.error({ err: error, destination: used.name }, 'an attempt could not be reported')
    }
    closeUnused(used)
    start()
  }

  function finish(
    claim: Claim,
    used: Required<Destination>,
    { outcome, error }: Attempted,
    { startedAt, seconds }: { startedAt: number; seconds: number },
  ) {
    hasOutcome = true
    // Cut short by us: whether it arrived nobody knows, so it comes again, and its attempt does not count.
    if (tools.hardStop.aborted && outcome.kind === 'retry') return release(claim)
    const settlement = settlementOf(claim, outcome, { profile: used.profile, startedAt, now: now(), random })
    tools.onSettlement(settlement)
    const { health: next, turn } = afterOutcome(health, outcome, now())
    health = next
    if (outcome.kind === 'gone') {
      releaseWaiting()
      tools.onGone(used.name, outcome.answer)
    }
    const ended = { claim, outcome, settlement, error, failures: health.consecutiveFailures }
    const report = reportAttempt(used, ended, seconds, log)
    reportTurn(turn, health, outcome.answer, log)
    hooks.onAttempt?.(report)
    hooks.onHealth?.(health)
  }

  function releaseWaiting() {
    for (const { claim } of waiting) release(claim)
    waiting = []
  }

  function closeUnused({ sink }: Destination) {
    const isCurrent = !isRetired && sink === destination.sink
    if (isCurrent || closed.has(sink) || [...underway.values()].some(other => other.sink === sink)) return
    closed.add(sink)
    sink.close().catch((error: unknown) => log.error({ err: error, destination: first.name }, 'a sink did not close'))
  }

  return {
    name: first.name,
    health: () => health,
    attemptLimitMs: () => attemptLimitMs(destination.sink),
    countUnderway: () => underway.size,
    /**
     * What a claim may bring now: the free places, and as long as all is well a batch to wait behind them. Not before
     * the first outcome: a message that ends the process at each start would use up the attempts of those behind it.
     */
    capacity(batch: number): Capacity | undefined {
      const isWell = hasOutcome && health.consecutiveFailures === 0
      const reserve = isWell ? Math.max(0, batch - destination.concurrency) : 0
      const free = destination.concurrency + reserve - underway.size - waiting.length
      if (isRetired || free <= 0 || waiting.length > reserve / 2) return undefined
      return { destination: destination.name, free, ordered: destination.ordered }
    },
    take(claims: readonly Waiting[]) {
      waiting.push(...claims)
      start()
    },
    /** From now on attempts go to the new sink; the old one is closed when those under way have ended. */
    replace(next: Destination) {
      releaseWaiting() // their leases were measured by the old timeouts
      const previous = destination
      destination = complete(next)
      health = freshHealth(next, now())
      closeUnused(previous)
    },
    /** Starts nothing any more, and gives back what waits; what is under way ends as it would. */
    retire() {
      isRetired = true
      releaseWaiting()
      closeUnused(destination)
    },
  }
}

const freshHealth = ({ name, sink }: Destination, now: number): Health => ({
  destination: name,
  consecutiveFailures: 0,
  ...(sink.problem !== undefined && { degraded: { reason: sink.problem, class: 'address', since: now } }),
})
