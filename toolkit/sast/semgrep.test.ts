import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSemgrep } from './semgrep.ts'

const report = (more: object) => JSON.stringify({ results: [], errors: [], paths: { scanned: ['a.ts'] }, ...more })

test('a finding stands at its line', () => {
  const result = {
    check_id: 'evaluated-code',
    path: 'a.ts',
    start: { line: 7 },
    extra: { message: 'text becomes code \n' },
  }
  assert.deepEqual(parseSemgrep(report({ results: [result] }), ['a.ts']), [
    { file: 'a.ts', line: 7, rule: 'sast/evaluated-code', message: 'text becomes code' },
  ])
})

test('lines that semgrep cannot read are a finding, because no rule holds there', () => {
  const spans = [{ start: { line: 3 } }]
  const error = { level: 'warn', message: 'Syntax error', path: 'a.ts', spans }
  assert.deepEqual(parseSemgrep(report({ errors: [error] }), ['a.ts']), [
    {
      ...{ file: 'a.ts', line: 3, rule: 'sast/unread' },
      message: 'semgrep cannot read this, so no rule holds here: Syntax error',
    },
  ])
})

const refused: [what: string, more: object, message: string][] = [
  [
    'a rule that does not parse',
    { errors: [{ level: 'error', message: 'Rule parse error in rule a' }] },
    'semgrep: rules: Rule parse error in rule a',
  ],
  ['a file that was left out', { paths: { scanned: [] } }, 'semgrep did not look at a.ts'],
]

for (const [what, more, message] of refused) {
  test(`${what} is not taken for a clean file`, () => {
    assert.throws(() => parseSemgrep(report(more), ['a.ts']), { message })
  })
}
