import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { secretVariables, variables } from './config.ts'
import { migrateVariables } from './migrate-config.ts'

// What follows the mark is the delivery plane's, and held by its own test.
const [text = ''] = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n# === ')
const lines = text.split('\n')
const entries = { ...migrateVariables, ...variables }

/** Name, default and the sentence above of every variable in .env.example. */
const listed = lines.flatMap((line, index) => {
  const [, name, value] = /^#([A-Z][A-Z\d_]*)=(.*)$/.exec(line) ?? []
  return name === undefined ? [] : [{ name, value, sentence: lines[index - 1] ?? '' }]
})

test('.env.example lists every variable once, and nothing else', () => {
  assert.deepEqual(listed.map(({ name }) => name).sort(), Object.keys(entries).sort())
})

test('.env.example has the defaults of the code', () => {
  const defaults = Object.entries(entries).map(([name, schema]) => [name, String(schema.default ?? '')])
  assert.deepEqual(Object.fromEntries(listed.map(({ name, value }) => [name, value])), Object.fromEntries(defaults))
})

test('.env.example says one sentence about each, and which are secrets', () => {
  for (const { name, sentence } of listed) {
    assert.match(sentence, /^# [A-Z].*\.$/, `the line above ${name}`)
    assert.equal(
      sentence.startsWith('# Secret. '),
      secretVariables.some(secret => secret === name),
      name,
    )
  }
})
