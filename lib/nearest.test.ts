import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from './nearest.ts'

const steps = ['init', 'migrate', 'bundle', 'bench', 'check', 'doctor', 'start', 'dev', 'test', 'fix']

for (const [typed, meant] of [
  ['migrat', 'migrate'],
  ['migrate', 'migrate'],
  ['mirgate', 'migrate'],
  ['strat', 'start'],
  ['tests', 'test'],
  ['doctro', 'doctor'],
  ['deploy', undefined],
  ['x', 'fix'],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(typed)} is ${meant ? `nearest to ${meant}` : 'near nothing'}`, () => {
    const found = nearest(typed, steps)
    assert.equal(found, meant)
  })
}

test('nothing is near when there is nothing', () => assert.equal(nearest('start', []), undefined))
