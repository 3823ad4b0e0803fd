import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mutantsOf } from './mutants.ts'

const rows: [what: string, expr: string, texts: string[]][] = [
  ['a limit', 'a > 5', ['a < 5', 'a == 5', 'a > 5.25', 'a > 4.75']],
  ['a count', 'a >= 10', ['a < 10', 'a >= 20', 'a >= 5']],
  ['anything at all', 'a > 0', ['a < 0', 'a == 0', 'a >= 0']],
  ['nothing at all', 'a == 0', ['a != 0', 'a == 1']],
  ['a window', 'increase(a[5m])', ['delta(a[5m])', 'increase(a[10m])', 'increase(a[3m])']],
  ['the window of a recorded series', 'a:b:rate1h', ['a:b:rate2h']],
  ['a matcher', 'a{job="x", b=~"y"}', ['a{b=~"y"}', 'a{job="x"}']],
  ['alternatives', 'a{b!~"x|y"}', ['a{}', 'a{b!~"y"}', 'a{b!~"x"}']],
  ['an error', 'a{b=~"5.."}', ['a{}', 'a{b=~"[45].."}', 'a{b=~"500"}']],
  [
    'whose a recorded series is, everywhere at once',
    'a{slo="x"} / b{slo="x"}',
    ['a{} / b{}', 'a{slo="x"} * b{slo="x"}'],
  ],
  ['what is kept', 'sum by (namespace) (a)', ['min by (namespace) (a)', 'sum by (instance) (a)']],
  ['a word', 'a and b', ['a or b', 'a unless b']],
  ['of 0 * x only the labels matter', 'a or 0 * b:increase5m', ['a and 0 * b:increase5m']],
]

for (const [what, expr, texts] of rows) {
  test(`changes of ${what}`, () => {
    const found = mutantsOf(expr).map(({ text }) => text.replaceAll('{ ', '{'))
    assert.deepEqual(found.toSorted(), texts.toSorted())
  })
}
