import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePattern, TEXT_LIMIT } from './pattern.ts'

test('a pattern is looked for anywhere in the text', () => {
  const matches = compilePattern('(?i)timeout|refused')
  assert.equal(matches('dial tcp: connection REFUSED'), true)
  assert.equal(matches('dial tcp: no route'), false)
})

// Each keeps a backtracking engine busy for longer than anybody lives.
for (const pattern of ['(a*)*$b', '(a+a+)+b', '(.*a){25}x', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a|aa)+$b']) {
  test(`${pattern} ends on the longest text`, () => {
    assert.equal(compilePattern(pattern)('a'.repeat(TEXT_LIMIT)), false)
  })
}

test('a pattern that counted repeats make large is refused', () => {
  assert.throws(() => compilePattern('(.{1,100}){10}'), {
    message: /^expected a smaller pattern \(\d+ steps, at most 1000\)/,
  })
  assert.equal(compilePattern('a{900}')('a'.repeat(900)), true)
})

test('what is no RE2 is refused with the reason', () => {
  for (const pattern of ['(', '(?=a)', '(a)\\1', 'a{2000}'])
    assert.throws(() => compilePattern(pattern), { message: /^expected a regular expression in RE2 syntax/ }, pattern)
})

test('beyond the limit a text is not searched', () => {
  const matches = compilePattern('needle')
  assert.equal(matches(`${' '.repeat(TEXT_LIMIT - 6)}needle`), true)
  assert.equal(matches(`${' '.repeat(TEXT_LIMIT - 5)}needle`), false)
})
