import type { AnswerClass, Retry } from '../sinks/sink.ts'
import type { Profile } from './profile.ts'

export type Failed = Retry & { class: AnswerClass }

/** `attempt` is the one that failed, 1 for the first. */
export type Tried = { attempt: number; firstAttemptAt: number; now: number }

/** When to try again, or why not. */
export type Next = { at: number } | { givenUp: string }

/**
 * The delay after attempt n is delay n of the schedule, spread so that what failed together does not come back together.
 * Floors (overload, what the sink asks for) are spread upwards only; Retry-After counts within its bounds; nothing is
 * tried after the deadline but once, at the deadline itself.
 */
export function nextAttempt(profile: Profile, failed: Failed, tried: Tried, random: () => number): Next {
  const { attempt, firstAttemptAt, now } = tried
  const delays = delaysFor(profile, failed)
  if (delays === undefined) return { givenUp: 'the retry profile takes this answer for final' }
  if (attempt >= profile.maxAttempts) return { givenUp: `attempt ${attempt} was the last one` }
  const deadline = firstAttemptAt + profile.maxAgeMs
  if (now >= deadline) return { givenUp: `the first attempt was ${hours(now - firstAttemptAt)} hours ago` }
  const delay = delays[Math.min(attempt, delays.length) - 1] ?? 0
  const above = (ms: number) => ms * (1 + 0.2 * random())
  const overload = failed.schedule === 'overload' ? above(profile.overloadMs) : 0
  const asked = failed.atLeastMs === undefined ? 0 : above(failed.atLeastMs)
  const computed = Math.max(spread(delay, profile.jitter, random), overload, asked)
  const wait = failed.afterMs === undefined ? computed : boundRetryAfter(failed.afterMs, computed, profile, random)
  return { at: Math.min(Math.ceil(now + wait), deadline) }
}

// Without an answer there is no status that a profile could take for final: a broken certificate is retried like a broken line.
function delaysFor({ delaysMs, configurationMs }: Profile, failed: Failed): readonly number[] | undefined {
  if (failed.schedule !== 'configuration') return delaysMs
  if (configurationMs.length > 0) return configurationMs
  return failed.class === 'tls' || failed.class === 'address' ? delaysMs : undefined
}

const spread = (delay: number, jitter: Profile['jitter'], random: () => number) =>
  jitter === 'full' ? delay * random() : delay * (1 - jitter + 2 * jitter * random())

/** Within [computed, max(2 × computed, the profile's bound)], and not all at the same moment there either. */
function boundRetryAfter(asked: number, computed: number, { retryAfterMs }: Profile, random: () => number): number {
  const most = Math.max(2 * computed, retryAfterMs)
  const wanted = asked > most ? most * (1 - 0.2 * random()) : Math.min(most, asked * (1 + 0.2 * random()))
  return Math.max(computed, wanted)
}

const hours = (ms: number) => (ms / 3_600_000).toFixed(1)
