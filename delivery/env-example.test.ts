import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { secretVariables, variables } from './config/env.ts'

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
const [shared = '', own = ''] = example.split('\n# === ')

/** Name, default and the sentence above of every variable in a part of the file. */
const listedIn = (text: string) => {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const [, name, value] = /^#([A-Z][A-Z\d_]*)=(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, value, sentence: lines[index - 1] ?? '' }]
  })
}
const elsewhere = listedIn(shared).map(({ name }) => name)
const listed = listedIn(own)

test('.env.example lists every variable of the delivery plane in one place, and nothing else', () => {
  const entries = Object.keys(variables).filter(name => !elsewhere.includes(name))
  assert.deepEqual(listed.map(({ name }) => name).sort(), entries.sort())
  const both = Object.keys(variables).filter(name => elsewhere.includes(name))
  const [heading = ''] = own.split('\n')
  for (const name of both) assert.ok(heading.includes(name.startsWith('SHUTDOWN_') ? 'SHUTDOWN_' : name), name)
})

test('.env.example has the defaults of the code', () => {
  const defaults = listed.map(({ name }) => [name, String(variables[name as keyof typeof variables].default ?? '')]) // listed: see above
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
