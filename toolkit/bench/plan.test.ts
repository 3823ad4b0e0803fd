import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../step.ts'
import { parsePlan, parseSubject } from './plan.ts'

test('a plain run measures everything', () => {
  assert.deepEqual(parsePlan([]), {
    groups: ['parts', 'whole', 'start'],
    rounds: 7,
    load: { connections: 50, seconds: 2, warmUpSeconds: 2 },
    starts: 21,
  })
})

test('a quick one measures everything in small', () => {
  const { groups, rounds, load } = parsePlan(['--quick'])
  assert.deepEqual([groups.length, rounds, load.seconds], [3, 2, 0.4])
})

test('counts that are given win, also over those of a quick run', () => {
  const args = ['--quick', '--rounds', '3', '--seconds', '1.5', '--connections', '8', '--only', 'start']
  assert.deepEqual(parsePlan(args), {
    groups: ['start'],
    rounds: 3,
    load: { connections: 8, seconds: 1.5, warmUpSeconds: 1.5 },
    starts: 9,
  })
})

const wrong: [string[], string][] = [
  [['--only', 'stat'], '--only: there is no group "stat"; did you mean start?'],
  [['--only', 'everything'], '--only: there is no group "everything"; there are parts, whole, start'],
  [['--rounds', '0'], '--rounds: expected a whole number above 0 and below 10000, got "0"'],
  [['--rounds', '1.5'], '--rounds: expected a whole number above 0 and below 10000, got "1.5"'],
  [['--seconds', '0'], '--seconds: expected a number above 0 and below 10000, got "0"'],
  [['--seconds', 'two'], '--seconds: expected a number above 0 and below 10000, got "two"'],
  [['--connections', '10000'], '--connections: expected a whole number above 0 and below 10000, got "10000"'],
  [['--round', '3'], 'unknown option --round; did you mean --rounds?'],
]
for (const [args, message] of wrong) {
  test(`${args.join(' ')} is wrong use`, () => {
    assert.throws(
      () => parsePlan(args),
      error => error instanceof UsageError && error.message === message,
    )
  })
}

const orders = { help: '', run: async () => 0 }

test('the word for what is measured comes first, and the rest are its options', () => {
  assert.deepEqual(parseSubject(['orders', '--quick'], { orders }), { subject: orders, rest: ['--quick'] })
  assert.deepEqual(parseSubject(['--quick'], { orders }), { rest: ['--quick'] })
  assert.deepEqual(parseSubject([], { orders }), { rest: [] })
})

for (const [word, hint] of [
  ['oders', 'did you mean orders?'],
  ['weather', 'there is orders, the service without a word'],
]) {
  test(`the word ${word} is wrong use`, () => {
    assert.throws(
      () => parseSubject([`${word}`], { orders }),
      error => error instanceof UsageError && error.message === `there is nothing called "${word}" to measure; ${hint}`,
    )
  })
}
