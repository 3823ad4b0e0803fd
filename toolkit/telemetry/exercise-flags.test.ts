import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { exerciseFlags } from './exercise-flags.ts'

test('for every other request the flags are as they were', async () => {
  const text = await readFile(join(import.meta.dirname, '../../flags/flags.json'), 'utf8')
  const before = JSON.parse(text).flags
  const after = JSON.parse(exerciseFlags(text)).flags
  assert.deepEqual(Object.keys(after), Object.keys(before))
  assert.ok(after.tracing_enabled.targeting)
  for (const name of Object.keys(before)) {
    const { targeting, ...flag } = after[name]
    assert.equal(targeting?.if[2] ?? before[name].defaultVariant, before[name].defaultVariant, name)
    assert.deepEqual({ ...flag.variants, ...before[name].variants }, flag.variants, name)
    assert.equal(flag.state, before[name].state, name)
  }
})
