import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPoint } from './points.ts'

test('nothing happens at a point unless it is asked for', () => {
  for (const faults of [{}, { crashAt: 'elsewhere' }, { crashAt: 'here:2' }]) createPoint(faults)('here')
})

test('a count that is none is refused before anything runs', () => {
  for (const crashAt of ['here:0', 'here:x', 'here:-1', 'here:']) {
    assert.throws(() => createPoint({ crashAt }), /expected <point>:<n> with n from 1/, crashAt)
  }
})

test('a slow commit takes the time it was given', () => {
  const started = performance.now()
  createPoint({ slowCommitMs: 20 })('before-commit')
  assert.ok(performance.now() - started >= 19)
})
