import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProgress } from './progress.ts'

test('a line now and then, and the complaints at the end', () => {
  const printed: string[] = []
  let at = 0
  const progress = createProgress('promtool', { print: line => printed.push(line), now: () => at })
  for (const line of ['go: downloading a.org/b v1.0.0', 'a.org/b', 'a.org/b/c', '# a.org/b/d', 'd.go:1:2: no']) {
    at += 10_000
    progress.line(line)
  }
  assert.deepEqual(printed, ['promtool: 1 modules downloaded, 2 packages compiled, 30 s'])
  assert.equal(progress.complaints(), '# a.org/b/d\nd.go:1:2: no')
  assert.equal(progress.seconds(), 50)
})
