import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NoCluster } from './cluster/no-cluster.ts'
import { NoEngine } from './engine/no-engine.ts'
import { NotRun, orNotRun } from './not-run.ts'

const lines: string[] = []
const context = { print: (line: string) => void lines.push(line) }

for (const error of [new NotRun('no image'), new NoEngine('no image'), new NoCluster('no image')]) {
  test(`${error.name} is one line and red`, async () => {
    lines.length = 0
    assert.equal(await orNotRun(context, () => Promise.reject(error)), 1)
    assert.deepEqual(lines, ['not run  no image'])
  })
}

test('what runs keeps its exit code, and what breaks is not taken for what cannot run', async () => {
  lines.length = 0
  assert.equal(await orNotRun(context, async () => 3), 3)
  await assert.rejects(
    orNotRun(context, () => Promise.reject(new Error('broken'))),
    new Error('broken'),
  )
  assert.deepEqual(lines, [])
})
