import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { currentDocs, currentSchema, places } from './generated.ts'
import { fieldsOf } from './reference.ts'

const advice = 'is not what the schema makes now: run node delivery/config/generate.ts, then npm run fix'

test('the JSON Schema that editors use is current', () => {
  const committed: unknown = JSON.parse(readFileSync(places.schema, 'utf8')) // as text it is laid out by the formatter
  assert.deepEqual(committed, JSON.parse(currentSchema()), `delivery/config.schema.json ${advice}`)
})

test('the reference of every field in the guide is current', () => {
  const text = readFileSync(places.docs, 'utf8')
  assert.ok(text === currentDocs(text), `docs/delivery.md ${advice}`)
})

test('every field has a sentence', () => {
  const silent = fieldsOf(JSON.parse(currentSchema())).filter(({ sentence }) => !/^[A-Z].*\.$/.test(sentence))
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  )
})

test('every object refuses further keys', () => {
  const walk = (node: unknown, path: string): string[] => {
    if (typeof node !== 'object' || node === null) return []
    const found = Object.entries(node).flatMap(([key, value]) => walk(value, `${path}/${key}`))
    if ('properties' in node && !('additionalProperties' in node && node.additionalProperties === false))
      found.push(path)
    return found
  }
  assert.deepEqual(walk(JSON.parse(currentSchema()), ''), [])
})
