import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromText, toKey, toMs, toText } from './postgres-text.ts'
import { parseToken, toToken } from './postgres-token.ts'

for (const text of ['', 'web', 'ü 😀', '\u0000', '\ud800', '\\u0000', '"', '\\', '\n']) {
  test(`text comes back, and holds nothing that Postgres refuses: ${JSON.stringify(text)}`, () => {
    assert.equal(fromText(toText(text)), text)
    assert.ok(toText(text).isWellFormed())
    assert.ok(!toText(text).includes('\u0000'))
  })
}

test('a key is its text up to 500 characters, and then ends in a hash, so that no two are the same', () => {
  const long = 'x'.repeat(500)
  assert.equal(toKey(long), long)
  const [one, two] = [toKey(`${long}1`), toKey(`${long}2`)]
  assert.notEqual(one, two)
  assert.equal(one.length, 544)
  assert.notEqual(toKey(one), one)
})

test('times are whole', () => assert.deepEqual([1.4, 1.5, -0.4].map(toMs), [1, 2, -0]))

test('a token names its lease, and nothing else is one', () => {
  for (const destination of ['phone', 'a.b', '1.2.free.x', 'line\nbreak']) {
    for (const ordered of [true, false]) {
      const lease = { position: 2 ** 40, lease: 7, ordered, destination }
      assert.deepEqual(parseToken(toToken(lease)), lease)
    }
  }
  for (const strange of [
    '',
    'phone',
    '1.2.free.',
    '1.2.other.phone',
    '-1.2.free.phone',
    `${'9'.repeat(16)}.1.free.a`,
  ]) {
    assert.equal(parseToken(strange), undefined, strange)
  }
})
