import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../step.ts'
import { parseDeliveryPlan } from './delivery-plan.ts'

test('a plain run measures everything, over 64 connections', () => {
  assert.deepEqual(parseDeliveryPlan([]), {
    groups: ['intake', 'commits', 'answers', 'drain', 'start', 'growth'],
    rounds: 5,
    load: { connections: 64, seconds: 2, warmUpSeconds: 1 },
    answerSeconds: 4,
    deliveries: 5000,
    backlog: 100_000,
    starts: 10,
    ledgers: [1000, 100_000],
    ledgerMessages: 2000,
  })
})

test('a quick one measures everything in small, and counts that are given win', () => {
  const { groups, rounds, load, backlog, ledgers } = parseDeliveryPlan(['--quick', '--seconds', '1'])
  assert.deepEqual([groups.length, rounds, load.seconds, backlog, ledgers], [6, 1, 1, 2000, [1000, 10_000]])
})

test('a full one adds the largest ledger', () => {
  assert.deepEqual(parseDeliveryPlan(['--full', '--only', 'growth']).ledgers, [1000, 100_000, 1_000_000])
})

const wrong: [string[], string][] = [
  [['--only', 'anwsers'], '--only: there is no group "anwsers"; did you mean answers?'],
  [['--only', 'parts'], '--only: there is no group "parts"; there are intake, commits, answers, drain, start, growth'],
  [['--rounds', '0'], '--rounds: expected a whole number above 0 and below 10000, got "0"'],
  [['--fulll'], 'unknown option --fulll; did you mean --full?'],
]
for (const [args, message] of wrong) {
  test(`delivery ${args.join(' ')} is wrong use`, () => {
    assert.throws(
      () => parseDeliveryPlan(args),
      error => error instanceof UsageError && error.message === message,
    )
  })
}
