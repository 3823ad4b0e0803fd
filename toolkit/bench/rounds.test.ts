import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inRound, interleave, median, medianOf, quantile, spread } from './rounds.ts'

test('each round starts one further', () => {
  const orders = [0, 1, 2, 3].map(round => inRound(['A', 'B', 'C'], round).join(''))
  assert.deepEqual(orders, ['ABC', 'BCA', 'CAB', 'ABC'])
  assert.deepEqual(inRound([], 1), [])
})

test('every item gives one sample in each round, one at a time', async () => {
  const taken: string[] = []
  let running = 0
  const samples = await interleave([{ name: 'A' }, { name: 'B' }], 3, async ({ name }, round) => {
    assert.equal(running++, 0)
    await new Promise(setImmediate)
    running--
    taken.push(name)
    return `${name}${round}`
  })
  assert.equal(taken.join(''), 'ABBAAB')
  assert.deepEqual(
    [...samples],
    [
      ['A', ['A0', 'A1', 'A2']],
      ['B', ['B0', 'B1', 'B2']],
    ],
  )
})

test('a failed sample ends the rounds', async () => {
  const taken: string[] = []
  const failing = interleave([{ name: 'A' }, { name: 'B' }], 2, async ({ name }) => {
    taken.push(name)
    throw new Error('no answer')
  })
  await assert.rejects(failing, { message: 'no answer' })
  assert.deepEqual(taken, ['A'])
})

const medians: [number[], number][] = [
  [[], Number.NaN],
  [[5], 5],
  [[1, 9], 5],
  [[100, 2, 30], 30],
  [[4, 1, 3, 2], 2.5],
]
for (const [values, expected] of medians) {
  test(`the median of [${values}] is ${expected}`, () => assert.equal(median(values), expected))
}

test('the median of a field', () => {
  assert.equal(medianOf([{ p99: 1 }, { p99: 3 }, { p99: 2 }], 'p99'), 2)
})

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index) // 100 … 1
const quantiles: [number[], number, number][] = [
  [[], 0.99, Number.NaN],
  [[7], 0.99, 7],
  [hundred, 0.98, 98],
  [hundred, 0.99, 99],
  [hundred, 1, 100],
  [hundred, 0, 1],
]
for (const [values, share, expected] of quantiles) {
  test(`of ${values.length} values, ${share} are at most ${expected}`, () =>
    assert.equal(quantile(values, share), expected))
}

test('the spread is from lowest to highest, as a share of the median', () => {
  assert.equal(spread([90, 100, 115]), 0.25)
  assert.equal(spread([100]), 0)
})
