import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Functions, interpolate, isTrue } from './expression.ts'

const after = (result: 'success' | 'failure'): Functions => ({
  success: () => result === 'success',
  failure: () => result === 'failure',
  cancelled: () => false,
})
const contexts = {
  github: { event_name: 'push', event: { pull_request: null } },
  vars: {},
  needs: { a: { result: 'skipped' } },
}

const braces = (expression: string) => `$\{{ ${expression} }}`

const conditions: [condition: string | undefined, before: 'success' | 'failure', expected: boolean][] = [
  [undefined, 'success', true],
  [undefined, 'failure', false],
  ["github.event_name == 'push'", 'success', true],
  ["github.event_name == 'push'", 'failure', false],
  [braces("github.event_name == 'pull_request'"), 'success', false],
  ['always()', 'failure', true],
  ["always() && github.event_name == 'push'", 'failure', true],
  ['failure()', 'failure', true],
  ['failure()', 'success', false],
  ['!cancelled()', 'failure', true],
  ["vars.ROLE != ''", 'success', false],
  ["contains(needs.*.result, 'skipped')", 'success', true],
  ['github.event.pull_request.head.repo.full_name == github.repository', 'success', true], // both are null
]

for (const [condition, before, expected] of conditions) {
  test(`after ${before}, ${condition ?? 'no condition'} is ${expected}`, () =>
    assert.equal(isTrue(condition, contexts, after(before)), expected))
}

test('expressions in a text', () => {
  const text = `a ${braces('github.event_name')} of ${braces("vars.REGISTRY || 'ghcr.io'")}, ${braces('vars.NOTHING')}.`
  assert.equal(interpolate(text, contexts, after('success')), 'a push of ghcr.io, .')
})

test('a context or a function that is not there is an error, as it is for GitHub', () => {
  assert.throws(
    () => interpolate(braces('secrets.A'), contexts, after('success')),
    /Unrecognized named-value: 'secrets'/,
  )
  assert.throws(
    () => interpolate(braces("hashFiles('a')"), contexts, after('success')),
    /Unrecognized function: 'hashFiles'/,
  )
})
