import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileGlob } from './glob.ts'

const table: [pattern: string, text: string, matches: boolean][] = [
  ['apps', 'apps', true],
  ['apps', 'apps2', false],
  ['apps', 'Apps', false],
  ['', '', true],
  ['*', '', true],
  ['*', 'anything/at all', true],
  ['team-*', 'team-', true],
  ['team-*', 'team', false],
  ['*Failed', 'HealthCheckFailed', true],
  ['*Failed', 'FailedHealthCheck', false],
  ['a*b', 'ab', true],
  ['a*a', 'a', false],
  ['ab*ba', 'aba', false],
  ['a*b*c', 'a-c-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['*bb*b', 'bbb', true],
  ['*bb*bb', 'bbb', false],
  ['a.c', 'abc', false],
  ['**', 'x', true],
]

for (const [pattern, text, matches] of table) {
  test(`"${pattern}" ${matches ? 'takes' : 'leaves'} "${text}"`, () => {
    assert.equal(compileGlob(pattern)(text), matches)
  })
}

test('many stars over a long text that almost fits end soon', () => {
  const matches = compileGlob(`${'*a'.repeat(5000)}*b`)
  assert.equal(matches('a'.repeat(39_000)), false)
})
