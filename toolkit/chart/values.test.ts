import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { findCharts } from './charts.ts'
import { readValues } from './values.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

test('keys come with the sentence above them, and a map without sentences is one value', () => {
  const text = `# Who.
a: 1
# In two
# lines.
b:
  # Inner.
  c: [x, { y: 1 }]
  d:
    e: 1

# One value.
f: { g: 1 }
`
  assert.deepEqual(readValues(text), [
    { key: 'a', sentence: 'Who.', default: 1 },
    { key: 'b', sentence: 'In two lines.' },
    { key: 'b.c', sentence: 'Inner.', default: ['x', { y: 1 }] },
    { key: 'b.d', sentence: '', default: { e: 1 } },
    { key: 'f', sentence: 'One value.', default: { g: 1 } },
  ])
})

test('a values file that is not YAML is told', () => {
  assert.throws(() => readValues('a: [1'), /expected|must/i)
})

for (const { folder } of findCharts(root)) {
  const values = readValues(read(`${folder}/values.yaml`))

  test(`${folder}: every value has a sentence above it`, () => {
    const mute = values.filter(each => 'default' in each && !/\S[.…]$/.test(each.sentence))
    assert.deepEqual(
      mute.map(({ key, sentence }) => `${key}: ${sentence}`),
      [],
    )
  })

  test(`${folder}: the schema knows these keys, and no others are allowed`, () => {
    const schema = JSON.parse(read(`${folder}/values.schema.json`)) as Schema // read as far as described here
    assert.deepEqual(differences(schema, parse(read(`${folder}/values.yaml`)), schema), [])
  })
}

type Schema = {
  $ref?: string
  $defs?: Record<string, Schema>
  type?: string
  properties?: Record<string, Schema>
  additionalProperties?: unknown
}

/** Groups are what the schema lists properties of; what it leaves free, such as labels, is a value. */
function differences(schema: Schema, value: unknown, whole: Schema, at = ''): string[] {
  const name = schema.$ref?.replace('#/$defs/', '')
  if (name !== undefined) return differences(whole.$defs?.[name] ?? assert.fail(`no $defs/${name}`), value, whole, at)
  const { properties } = schema
  if (properties === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const given = value as Record<string, unknown> // an object that is no array
  const open = schema.additionalProperties === false ? [] : [`${at || 'the schema'} is open`]
  const unknown = Object.keys(given).filter(key => !Object.hasOwn(properties, key))
  const below = Object.entries(properties).flatMap(([key, each]) =>
    differences(each, given[key], whole, `${at}/${key}`),
  )
  return [...open, ...unknown.map(key => `${at}/${key} is not in the schema`), ...below]
}

test('the variables of the service are those of .env.example, with its defaults', () => {
  const [own = ''] = read('.env.example').split('\n# === ')
  const listed = [...own.matchAll(/^#([A-Z][A-Z\d_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
  const { env, migrations } = parse(read('helm/service/values.yaml')) as Record<string, Record<string, unknown>> // both are maps
  const given = { ...env, ...migrations }
  // Set by the chart from what else is said, or by the image.
  const elsewhere = /^(HOST|PORT|REVISION|DATABASE_URL|DATABASE_CA_FILE|ADMIN_FLAGS_TOKEN|FLAGD_\w+)$/
  // Nothing in a cluster is local, and whoever does not say where it is gets the strictest rules.
  const different: Record<string, string> = { ENVIRONMENT: 'prod' }
  const expected = listed
    .filter(([name]) => !elsewhere.test(name))
    .map(([name, value]) => [name, different[name] ?? value])
  const found = Object.entries(given).filter(([name]) => /^[A-Z]/.test(name))
  assert.deepEqual(
    Object.fromEntries(found.map(([name, value]) => [name, String(value)])),
    Object.fromEntries(expected),
  )
})
