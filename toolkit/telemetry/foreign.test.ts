import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foreignMetrics } from './foreign.ts'
import { expressionsOfTree } from './testing/texts.ts'

test('each metric of others that is known here is used by some query', async () => {
  const queries = (await expressionsOfTree()).map(({ text }) => text)
  const isUsed = (name: string) => queries.some(query => new RegExp(`\\b${name}\\b`).test(query))
  assert.deepEqual(
    Object.keys(foreignMetrics).filter(name => !isUsed(name)),
    [],
  )
})
