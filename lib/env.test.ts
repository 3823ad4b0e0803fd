import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { boolean, EnvError, integer, oneOf, parseEnv, ratio, text } from './env.ts'

const entries = {
  PORT: v.optional(integer(0, 65_535), '8080'),
  DEBUG: v.optional(boolean(), 'false'),
  COLOUR: oneOf(['red', 'green']),
  TOKEN: v.optional(v.pipe(text(), v.minLength(8, 'expected at least 8 characters'))),
}
const parse = (env: Record<string, string>) => parseEnv(entries, { COLOUR: 'red', ...env }, ['TOKEN'])
const mistakesOf = (env: Record<string, string>) => {
  try {
    parse(env)
  } catch (error) {
    assert.ok(error instanceof EnvError)
    return error.message.split('\n  ').slice(1)
  }
  return []
}

function file(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'env-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'secret'), content)
  return join(folder, 'secret')
}

test('absent variables have their defaults, and a required one is a mistake', () => {
  assert.deepEqual(parse({}), { PORT: 8080, DEBUG: false, COLOUR: 'red', TOKEN: undefined })
  assert.deepEqual(mistakesOf({ COLOUR: '' }), ['COLOUR: expected red or green'])
})

test('an empty or blank variable is an absent one', () => {
  assert.deepEqual(parse({ PORT: '', DEBUG: ' ', TOKEN: '', TOKEN_FILE: '' }), parse({}))
})

test('every mistake is told at once, with variable, rule and value', () => {
  assert.deepEqual(mistakesOf({ PORT: 'http', DEBUG: 'maybe', COLOUR: 'blue' }), [
    'PORT: expected a whole number from 0 to 65535, got "http"',
    'DEBUG: expected true or false (1/t/yes/y/on, 0/f/no/n/off), got "maybe"',
    'COLOUR: expected red or green, got "blue"',
  ])
})

test('a mistake in a secret does not show it', () => {
  assert.deepEqual(mistakesOf({ TOKEN: 's3cr3t-' }), ['TOKEN: expected at least 8 characters; the value is not shown'])
})

test('booleans have six spellings each, in any case', () => {
  for (const yes of ['1', 'true', 't', 'yes', 'y', 'on', 'TRUE', 'On'])
    assert.equal(parse({ DEBUG: yes }).DEBUG, true, yes)
  for (const no of ['0', 'false', 'f', 'no', 'n', 'off', 'FALSE', 'Off'])
    assert.equal(parse({ DEBUG: no }).DEBUG, false, no)
  for (const neither of ['2', 'enabled', 'tru', '-1']) assert.equal(mistakesOf({ DEBUG: neither }).length, 1, neither)
})

test('whole numbers stand on their bounds and not beside them', () => {
  for (const port of ['0', '65535']) assert.equal(parse({ PORT: port }).PORT, Number(port))
  for (const port of ['-1', '65536', '1.5', '1e3', '0x10', ' 80', '8080a'])
    assert.equal(mistakesOf({ PORT: port }).length, 1, port)
})

test('a ratio is a fraction from 0 to 1', () => {
  for (const [given, value] of [
    ['0', 0],
    ['1', 1],
    ['0.25', 0.25],
    ['.5', 0.5],
    ['1.0', 1],
  ] as const) {
    assert.equal(v.parse(ratio(), given), value)
  }
  for (const wrong of ['1.1', '-0.1', '50%', '1.01']) assert.equal(v.safeParse(ratio(), wrong).success, false, wrong)
})

test('a secret comes from a file, without its last line end', t => {
  assert.equal(parse({ TOKEN_FILE: file(t, 's3cr3t-from-file\n') }).TOKEN, 's3cr3t-from-file')
  assert.equal(parse({ TOKEN_FILE: file(t, 's3cr3t-two \r\n') }).TOKEN, 's3cr3t-two ')
})

test('a secret both in a variable and in a file, or in a file that is not there, is a mistake', t => {
  assert.deepEqual(mistakesOf({ TOKEN: 's3cr3t-direct', TOKEN_FILE: file(t, 's3cr3t-from-file') }), [
    'TOKEN: set either TOKEN or TOKEN_FILE, not both',
  ])
  assert.deepEqual(mistakesOf({ TOKEN_FILE: '/nowhere/token' }), ['TOKEN_FILE: cannot read "/nowhere/token" (ENOENT)'])
})
