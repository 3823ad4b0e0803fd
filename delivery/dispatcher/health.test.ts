import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../sinks/sink.ts'
import { afterOutcome, type Health } from './health.ts'

const delivered: Outcome = { kind: 'delivered', class: 'success', answer: '200' }
const busy: Outcome = { kind: 'retry', schedule: 'normal', class: 'server', answer: '503' }
const refused: Outcome = { kind: 'retry', schedule: 'configuration', class: 'auth', answer: '401' }
const expired: Outcome = { kind: 'retry', schedule: 'configuration', class: 'tls', answer: 'CERT_HAS_EXPIRED' }

/** The turns of a row of outcomes, at 1, 2, 3 and so on, and the health at the end. */
function follow(...outcomes: Outcome[]) {
  let health: Health = { destination: 'phone', consecutiveFailures: 0 }
  const turns = outcomes.map((outcome, index) => {
    const after = afterOutcome(health, outcome, index + 1)
    health = after.health
    return after.turn ?? '-'
  })
  return { turns: turns.join(' '), health }
}

test('the first answer that waits for a person degrades, and only a success ends that', () => {
  const { turns, health } = follow(refused, busy, expired)
  assert.equal(turns, 'degraded - -')
  assert.deepEqual(health, {
    ...{ destination: 'phone', consecutiveFailures: 3, lastFailureAt: 3 },
    degraded: { reason: 'CERT_HAS_EXPIRED', class: 'tls', since: 1 },
  })
  const after = follow(refused, busy, delivered)
  assert.equal(after.turns, 'degraded - recovered')
  assert.deepEqual(after.health, { destination: 'phone', consecutiveFailures: 0, lastFailureAt: 2, lastSuccessAt: 3 })
})

test('other failures are told at the fourth in a row, once, and their end', () => {
  assert.equal(follow(busy, busy, busy, busy, busy, delivered, delivered).turns, '- - - failing - recovered -')
  assert.equal(follow(busy, busy, busy, delivered, busy).turns, '- - - - -')
})

test('a rejected message says nothing about its destination, unless it is refused access', () => {
  const poison: Outcome = { kind: 'rejected', class: 'client', answer: '400' }
  assert.equal(follow(poison).health.degraded, undefined)
  const noAccess: Outcome = { kind: 'rejected', class: 'auth', answer: '400: token is invalid' }
  assert.equal(follow(noAccess).turns, 'degraded')
})
