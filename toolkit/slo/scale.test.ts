import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { scaleDuration, scaleRules } from './scale.ts'

const rules = join(import.meta.dirname, '../../monitoring/rules')
const fileOf = (expr: string) => `groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: '${expr}'\n`
const scaled = (expr: string, factor = 10): string => parse(scaleRules(fileOf(expr), factor)).groups[0].rules[0].expr

const expressions: [what: string, from: string, to: string][] = [
  ['a range', 'rate(a[5m])', 'rate(a[30s])'],
  ['a subquery and its step', 'max_over_time(a[1h30m:10m])', 'max_over_time(a[9m:1m])'],
  ['a subquery without a step', 'max_over_time(a[10m:])', 'max_over_time(a[1m:])'],
  ['an offset', 'a offset 1h - a offset -10m', 'a offset 6m - a offset -1m'],
  ['a number of seconds as a range', 'rate(a[300])', 'rate(a[30s])'],
  ['a duration as a number', 'time() - a > 10m', 'time() - a > 1m'],
  ['no number', 'a > 300 and b < 1e3', 'a > 300 and b < 1e3'],
  ['no name and no label', 'a:b:increase5m{window="5m"}', 'a:b:increase5m{window="5m"}'],
  ['no text behind a #', 'a # [5m]', 'a # [5m]'],
  ['below a second', 'rate(a[5s])', 'rate(a[500ms])'],
]

for (const [what, from, to] of expressions) test(`scaled: ${what}`, () => assert.equal(scaled(from), to))

test('durations of groups and rules are scaled, and comments and everything else stay', () => {
  const text = [
    '# why',
    'groups:',
    '  - name: 5m',
    '    interval: 5m',
    '    rules:',
    '      - alert: A',
    '        expr: a > 1',
    '        for: 10m',
    '        keep_firing_for: 1h',
    '        labels: { window: 5m }',
    '        annotations: { summary: For 5m. }',
    '',
  ]
  const expected = ['    interval: 30s', '        for: 1m', '        keep_firing_for: 6m']
  const lines = text.map(line => expected.find(each => each.split(':')[0] === line.split(':')[0]) ?? line)
  assert.equal(scaleRules(text.join('\n'), 10), lines.join('\n'))
})

test('a factor below 1 makes it slower', () => assert.equal(scaled('rate(a[5m])', 0.5), 'rate(a[10m])'))

const times: [text: string, factor: number, result: string][] = [
  ['1d', 24, '1h'],
  ['1w', 7, '1d'],
  ['1y', 365, '1d'],
  ['1h1m1s1ms', 1, '1h1m1s1ms'],
  ['0s', 10, '0s'],
  ['1ms', 10, '1ms'],
  ['2m', 7, '17s143ms'],
]
for (const [text, factor, result] of times)
  test(`${text} divided by ${factor} is ${result}`, () => assert.equal(scaleDuration(text, factor), result))

const refused: [what: string, run: () => unknown, message: string][] = [
  ['no PromQL', () => scaled('rate(a[5m'), 'it is no PromQL at "": rate(a[5m'],
  [
    'a calculation',
    () => scaled('rate(a[5m * 2])'),
    'a duration that is calculated cannot be scaled; write it out: rate(a[5m * 2])',
  ],
  ['a factor of 0', () => scaled('a', 0), 'expected a factor above 0, got 0'],
  ['no duration', () => scaleDuration('five', 2), 'expected a duration such as 1h30m, got "five"'],
]
for (const [what, run, message] of refused) test(`refused: ${what}`, () => assert.throws(run, { message }))

test('every rule file of this tree can be scaled, and scaling back gives what it was', async () => {
  for (const file of await readdir(rules)) {
    const text = await readFile(join(rules, file), 'utf8')
    if (text.includes('for: ')) assert.notEqual(scaleRules(text, 20), text, file)
    assert.deepEqual(parse(scaleRules(scaleRules(text, 20), 1 / 20)), parse(text), file)
  }
})
