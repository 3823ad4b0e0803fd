import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { deliveryFiles } from './delivery-files.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFile(join(root, path), 'utf8')

for (const { path, text } of await deliveryFiles(root)) {
  test(`${path} is current`, async () => {
    const now = await read(path)
    const advice = `${path} is not what it is made from: run ./fairlead chart, then npm run fix`
    // The formatter lays out JSON in its own way.
    if (path.endsWith('.json')) assert.deepEqual(JSON.parse(now), JSON.parse(text), advice)
    else assert.ok(now === text, advice)
  })
}

test('chart, schema and program know the same secret variables', async () => {
  const [, inProgram = ''] = /secretVariables = \[([^\]]*)\]/.exec(await read('delivery/config/env.ts')) ?? []
  const names = [...inProgram.matchAll(/'(\w+)'/g)].map(([, name]) => name)
  const [, inChart = ''] = /\$known := list (.*) -}}/.exec(await read('helm/delivery/templates/_helpers.tpl')) ?? []
  const known = [...inChart.matchAll(/"(\w+)"/g)].map(([, name]) => name)
  const { properties } = JSON.parse(await read('helm/delivery/values.schema.json'))
  const allowed = properties.secrets.properties.existingSecret.properties.variables.items.enum
  // The URL of the database has a place of its own, outbox.postgres.
  assert.deepEqual(
    known,
    names.filter(name => name !== 'OUTBOX_URL'),
  )
  assert.deepEqual(allowed, known)
})
