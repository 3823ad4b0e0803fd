import { maskText } from '../../lib/mask.ts'
import type { Claim, Settlement } from '../outbox/outbox.ts'
import type { Outcome, Sink } from '../sinks/sink.ts'
import type { Profile } from './profile.ts'
import { nextAttempt } from './schedule.ts'

/** `error` is what a sink threw, for the log. */
export type Attempted = { outcome: Outcome; error?: unknown }

/** Resolves to what the sink said, or to a mistake of ours: never rejects, and never later than `limitMs`. */
export async function attemptOnce(
  sink: Sink,
  { message, attempt }: Claim,
  { now, limitMs, signal }: { now: number; limitMs: number; signal: AbortSignal },
): Promise<Attempted> {
  const limit = new AbortController()
  const { promise: ended, resolve: end } = Promise.withResolvers<Attempted>()
  const stop = (why: string) => {
    limit.abort()
    end(mistake(why))
  }
  const onAbort = () => stop('the dispatcher was stopped')
  const timer = setTimeout(() => stop(`the sink did not come back within ${limitMs} ms`), limitMs)
  signal.addEventListener('abort', onAbort)
  try {
    if (signal.aborted) onAbort()
    const sent = sink.send(message, { attempt, now, signal: limit.signal }).then(outcome => ({ outcome }))
    // What it says after its time is up reaches nobody.
    return await Promise.race([sent, ended])
  } catch (error) {
    return { ...mistake(error instanceof Error ? error.message : String(error)), error }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

const mistake = (why: string): Attempted => ({
  outcome: { kind: 'retry', schedule: 'normal', class: 'internal', answer: maskText(`a mistake of ours: ${why}`) },
})

/** Given back untried. */
export const released = ({ token, message, destination }: Claim, at: number): Settlement => ({
  ...{ token, messageId: message.id, destination, at },
  answer: 'not tried',
  kind: 'released',
})

/** The record of an outcome. A destination that is gone gets its delivery back at once: a pause follows and parks it. */
export function settlementOf(
  { token, message, destination, attempt, firstAttemptAt }: Claim,
  outcome: Outcome,
  { profile, startedAt, now, random }: { profile: Profile; startedAt: number; now: number; random: () => number },
): Settlement {
  const settlement = { token, messageId: message.id, destination, at: now, answer: outcome.answer }
  switch (outcome.kind) {
    case 'delivered':
      return { ...settlement, kind: 'delivered' }
    case 'rejected':
      return { ...settlement, kind: 'dead' }
    case 'gone':
      return { ...settlement, kind: 'retry', nextAttemptAt: now }
    case 'retry': {
      const tried = { attempt, firstAttemptAt: firstAttemptAt ?? startedAt, now }
      const next = nextAttempt(profile, outcome, tried, random)
      if ('at' in next) return { ...settlement, kind: 'retry', nextAttemptAt: next.at }
      return { ...settlement, kind: 'dead', answer: `${outcome.answer} (${next.givenUp})` }
    }
  }
}
