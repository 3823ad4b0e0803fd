import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProfile, type Profile, profiles } from './profile.ts'
import { type Failed, nextAttempt } from './schedule.ts'

const now = Date.UTC(2026, 10, 20, 12)
const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000]
const middle = () => 0.5 // ±20 % become nothing, and a floor is raised by a tenth

const normal: Failed = { kind: 'retry', schedule: 'normal', class: 'server' }
const overload: Failed = { kind: 'retry', schedule: 'overload', class: 'throttled' }
const configuration: Failed = { kind: 'retry', schedule: 'configuration', class: 'auth' }

function delayAfter(attempt: number, profile: Profile, failed = normal, random = middle, firstAttemptAt = now) {
  const next = nextAttempt(profile, failed, { attempt, firstAttemptAt, now }, random)
  return 'at' in next ? next.at - now : next.givenUp
}

const delays: [name: string, profile: Profile, failed: Failed, delaysMs: number[]][] = [
  [
    'durable',
    profiles.durable,
    normal,
    [5 * SECOND, 30 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 24 * HOUR],
  ],
  [
    'durable, waiting for a person',
    profiles.durable,
    configuration,
    [HOUR, 2 * HOUR, 5 * HOUR, 10 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR],
  ],
  ['fast', profiles.fast, normal, [500, 1500, 4500, 10_000]],
  [
    'linear, three attempts',
    createProfile({ minDelayMs: SECOND, maxDelayMs: SECOND, maxAttempts: 3 }),
    normal,
    [SECOND, SECOND],
  ],
  [
    'doubling',
    createProfile({ minDelayMs: 100, maxDelayMs: 1000, maxAttempts: 7 }),
    normal,
    [100, 200, 400, 800, 1000, 1000],
  ],
]
for (const [name, profile, failed, expected] of delays) {
  test(`${name}: the delay after attempt n is delay n, and the attempt after the last delay is the last`, () => {
    for (const [index, delay] of expected.entries()) {
      assert.equal(delayAfter(index + 1, profile, failed), delay, `attempt ${index + 1}`)
    }
    const last = expected.length + 1
    assert.equal(delayAfter(last, profile, failed), `attempt ${last} was the last one`)
  })
}

test('a delay lies within 20 % of its value, both ways', () => {
  const { durable } = profiles
  assert.equal(
    delayAfter(1, durable, normal, () => 0),
    4000,
  )
  assert.equal(
    delayAfter(1, durable, normal, () => 1),
    6000,
  )
})

test('full jitter is anything up to the delay', () => {
  const full = createProfile({ jitter: 'full' })
  assert.equal(
    delayAfter(2, full, normal, () => 0),
    0,
  )
  assert.equal(
    delayAfter(2, full, normal, () => 1),
    30_000,
  )
  assert.equal(
    delayAfter(2, createProfile({ jitter: 0 }), normal, () => 1),
    30_000,
    'zero is told from unset',
  )
})

test('a thousand that failed together come back spread, with and without Retry-After, within bounds', () => {
  for (const [failed, from, to] of [
    [normal, 4000, 6000],
    [overload, MINUTE, 72 * SECOND],
    [{ ...normal, afterMs: 100_000 }, 100_000, 120_000],
    [{ ...normal, afterMs: 86_400_000 }, 0.8 * HOUR, HOUR],
  ] as const) {
    const waits = Array.from({ length: 1000 }, () => Number(delayAfter(1, profiles.durable, failed, Math.random)))
    assert.ok(Math.min(...waits) >= from && Math.max(...waits) <= to, `${Math.min(...waits)} to ${Math.max(...waits)}`)
    assert.ok(new Set(waits.map(wait => Math.floor(wait / ((to - from) / 10)))).size >= 10)
  }
})

test('after a timeout or a 429 at least 60 s pass, also when Retry-After says less', () => {
  for (const failed of [overload, { ...overload, afterMs: 1000 }]) {
    assert.ok(Number(delayAfter(1, profiles.durable, failed, () => 0)) >= MINUTE)
  }
  assert.equal(delayAfter(3, profiles.durable, overload), 5 * MINUTE, 'a longer delay stays')
})

test('what a sink asks for is a floor of every profile', () => {
  const atLeast = { ...normal, atLeastMs: 5000 }
  for (const profile of [profiles.durable, profiles.fast, createProfile({ minDelayMs: 1, maxDelayMs: 1 })]) {
    assert.ok(Number(delayAfter(1, profile, atLeast, () => 0)) >= 5000)
  }
})

const asked: [afterMs: number, attempt: number, wait: number][] = [
  [1000, 2, 30 * SECOND], // less than the delay: the delay
  [100 * SECOND, 2, 110 * SECOND],
  [HOUR, 2, HOUR], // the bound
  [24 * HOUR, 2, 0.9 * HOUR], // beyond it, spread below it
  [24 * HOUR, 5, 0.9 * 4 * HOUR], // twice the delay is more than the bound
  [1e15, 1, 0.9 * HOUR],
]
for (const [afterMs, attempt, wait] of asked) {
  test(`Retry-After of ${afterMs / SECOND} s after attempt ${attempt} waits ${wait / SECOND} s`, () => {
    assert.equal(delayAfter(attempt, profiles.durable, { ...normal, afterMs }), wait)
  })
}

test('nothing waits beyond its deadline; at the deadline is the last attempt', () => {
  const { durable } = profiles
  const first = now - durable.maxAgeMs
  assert.equal(delayAfter(5, durable, normal, middle, first + 10_000), 10_000)
  assert.equal(delayAfter(1, durable, { ...normal, afterMs: HOUR }, middle, first + MINUTE), MINUTE)
  assert.equal(delayAfter(5, durable, normal, middle, first + 1), 1)
  assert.equal(delayAfter(5, durable, normal, middle, first), 'the first attempt was 72.0 hours ago')
})

test('in the fast profile 401, 403 and 404 are final, and a broken certificate is retried like a broken line', () => {
  const final = 'the retry profile takes this answer for final'
  for (const answerClass of ['auth', 'missing'] as const) {
    assert.equal(delayAfter(1, profiles.fast, { ...configuration, class: answerClass }), final)
  }
  for (const answerClass of ['tls', 'address'] as const) {
    assert.equal(delayAfter(1, profiles.fast, { ...configuration, class: answerClass }), 500)
  }
})

test('an endpoint that answers 403 is tried as often as its limit says and then given up', () => {
  const profile = createProfile({ minDelayMs: SECOND, maxDelayMs: SECOND, maxAttempts: 3, configurationMs: [SECOND] })
  assert.deepEqual(
    [1, 2, 3].map(attempt => delayAfter(attempt, profile, configuration)),
    [SECOND, SECOND, 'attempt 3 was the last one'],
  )
})

test('a profile takes every number from its settings, zero too, and the rest from what it starts from', () => {
  const given = { maxAttempts: 1, maxAgeMs: 0, overloadMs: 0, retryAfterMs: 0, jitter: 0, configurationMs: [] }
  assert.deepEqual(createProfile(given), { ...profiles.durable, ...given })
  assert.deepEqual(createProfile({ profile: 'fast', maxAttempts: undefined }), profiles.fast)
  assert.deepEqual(createProfile({ maxDelayMs: MINUTE }).delaysMs.slice(1, 4), [30 * SECOND, MINUTE, MINUTE])
})
