import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { findSurvivors } from './run-trials.ts'
import type { Trial } from './trials.ts'

/** Stands in for promtool, which npm does not bring: the tests pass unless the rules have a word in them. */
async function promtool(t: TestContext, disliked: string): Promise<string> {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const path = join(folder.path, 'promtool')
  await writeFile(
    path,
    `#!/bin/sh\nrules=$(sed -n 's/^ *- \\(\\/.*\\.yaml\\)$/\\1/p' "$3")\n! grep -q '${disliked}' "$rules"\n`,
  )
  await chmod(path, 0o755)
  return path
}

const trial = (name: string, isChanged: boolean, expr: string): Trial => ({
  ...{ name, isChanged },
  rules: [{ record: 'a:b:c', expr, labels: {} }],
  files: [{ evaluation_interval: '1m', fuzzy_compare: true, tests: [] }],
})

test('a change that no test notices is told, and so is a rule that fails as it is; in their order', async t => {
  const context = { root: '', env: {}, signal: t.signal, hurry: t.signal, print: () => {} }
  const trials = [
    trial('a: as it is', false, 'good'),
    trial('a: noticed', true, 'bad'),
    trial('a: overlooked', true, 'good'),
    trial('b: as it is', false, 'bad'),
  ]
  assert.deepEqual(await findSurvivors(await promtool(t, 'bad'), trials, context), [
    'no test notices: a: overlooked',
    'its tests fail: b: as it is',
  ])
})
