const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** When a delivery is tried again, and when it is given up. Delay n follows attempt n; the last one repeats. */
export type Profile = {
  delaysMs: readonly number[]
  /** For what waits for a person: 401, 403, 404, certificates, addresses. Empty: a status of that kind is final. */
  configurationMs: readonly number[]
  /** After a timeout or a 429, at least this. */
  overloadMs: number
  /** Retry-After may ask for this much, and for twice the delay in any case. */
  retryAfterMs: number
  /** How far a delay may lie from its value, as a share of it; `full` is anything from nothing to the whole. */
  jitter: number | 'full'
  maxAttempts: number
  /** Counted from the first attempt; the last one is made when it is over. */
  maxAgeMs: number
}

export const profiles: Readonly<Record<'durable' | 'fast', Profile>> = {
  /** For what must arrive, be it tomorrow. */
  durable: {
    delaysMs: [5 * SECOND, 30 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 24 * HOUR],
    configurationMs: [HOUR, 2 * HOUR, 5 * HOUR, 10 * HOUR, 24 * HOUR],
    overloadMs: MINUTE,
    retryAfterMs: HOUR,
    jitter: 0.2,
    maxAttempts: 9,
    maxAgeMs: 72 * HOUR,
  },
  /** For a neighbour in the cluster whose news is soon old. */
  fast: {
    delaysMs: exponential(0.5 * SECOND, 10 * SECOND, 3),
    configurationMs: [],
    overloadMs: 10 * SECOND,
    retryAfterMs: 30 * SECOND,
    jitter: 0.2,
    maxAttempts: 5,
    maxAgeMs: 10 * MINUTE,
  },
}

export type ProfileSettings = {
  profile?: keyof typeof profiles | undefined
  maxAttempts?: number | undefined
  maxAgeMs?: number | undefined
  /** Given: delays double from here up to `maxDelayMs`. */
  minDelayMs?: number | undefined
  maxDelayMs?: number | undefined
  configurationMs?: readonly number[] | undefined
  overloadMs?: number | undefined
  retryAfterMs?: number | undefined
  jitter?: number | 'full' | undefined
}

/** A profile with what the configuration says otherwise; zero told from unset. */
export function createProfile({ profile = 'durable', minDelayMs, maxDelayMs, ...settings }: ProfileSettings): Profile {
  const base = profiles[profile]
  const longest = maxDelayMs ?? Math.max(minDelayMs ?? 0, ...base.delaysMs)
  const delaysMs = minDelayMs === undefined ? base.delaysMs : exponential(minDelayMs, longest, 2)
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  return { ...base, delaysMs: delaysMs.map(delay => Math.min(delay, longest)), ...given }
}

/** `first`, `first × factor`, … and `longest` as the last. */
function exponential(first: number, longest: number, factor: number): number[] {
  const delays: number[] = []
  for (let delay = first; delay < longest && delay > 0; delay *= factor) delays.push(delay)
  return [...delays, longest]
}
