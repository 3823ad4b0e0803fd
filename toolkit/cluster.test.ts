import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cluster } from './cluster.ts'
import { UsageError } from './step.ts'

const context = {
  root: import.meta.dirname,
  env: {},
  signal: AbortSignal.abort(),
  hurry: AbortSignal.abort(),
  print: () => assert.fail('nothing is to happen'),
}

for (const args of [[], ['start'], ['load'], ['up', 'more'], ['toString'], ['down', '--force']]) {
  test(`wrong use, and nothing happens: cluster ${args.join(' ')}`, () =>
    assert.rejects(cluster.run(args, context), UsageError))
}
