import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lengthOf, lookBack, type Phase, samplesOf } from './flow.ts'

const flow: Phase[] = [
  { steps: 2, events: 10, bad: 1 },
  { steps: 3, events: 20, bad: 4, restart: true },
]

test('a counter grows with each step, and begins again when the process does', () => {
  assert.equal(
    samplesOf(flow, ({ events }) => events),
    '1000000000+0x0 1000000010+10x1 20+20x2',
  )
})

const windows: [at: number, samples: number, share: number, bad: number][] = [
  [1, 5, 0.1, 1],
  [2, 5, 0.1, 2],
  [4, 3, 0.2, 8],
  [3, 3, 5 / 30, 5],
  [5, 6, 14 / 80, 14],
]

for (const [at, samples, share, bad] of windows) {
  test(`${samples} samples up to number ${at} have ${bad} bad events`, () => {
    assert.deepEqual(lookBack(flow, at, samples), { share, bad })
  })
}

test('the length is that of all phases', () => assert.equal(lengthOf(flow), 5))
