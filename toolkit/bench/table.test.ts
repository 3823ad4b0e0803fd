import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTable, judge } from './table.ts'

test('words stand to the left, figures between them to the right', () => {
  const rows = [
    ['bare', '12345', '1.00', ''],
    ['everything', '99', '0.60', 'met'],
  ]
  assert.deepEqual(formatTable(['variant', 'req/s', 'ratio', 'aim'], rows), [
    'variant     req/s  ratio  aim',
    'bare        12345   1.00',
    'everything     99   0.60  met',
  ])
})

test('a row that lacks cells is shown with empty ones', () => {
  assert.deepEqual(formatTable(['a', 'b', 'c'], [['x']]), ['a  b  c', 'x'])
})

const atLeast = { what: 'req/s', atLeast: 0.6 }
const atMost = { what: 'RSS', atMost: 1.45 }
for (const [aim, value, expected] of [
  [atLeast, 0.59, 'req/s >= 0.6: not met'],
  [atLeast, 0.6, 'req/s >= 0.6: met'],
  [atLeast, Number.NaN, 'req/s >= 0.6: not met'],
  [atMost, 1.45, 'RSS <= 1.45: met'],
  [atMost, 1.46, 'RSS <= 1.45: not met'],
  [atMost, Number.NaN, 'RSS <= 1.45: not met'],
] as const) {
  test(`${value} against ${aim.what}: ${expected}`, () => assert.equal(judge(aim, value), expected))
}
