import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../lib/test-process.ts'
import { batch, claimAll, ids, LEASE, message, T } from './contract/sample.ts'
import { faultsOf, openTestLedger, temporaryFolder } from './testing/sqlite.ts'

const child = fileURLToPath(new URL('./testing/sqlite-child.ts', import.meta.url))

const points = ['before-commit:1', 'before-commit:23', 'after-commit:2', 'after-commit:40', 'before-settle:9']
for (const point of [...points, 'during-vacuum:1', 'during-vacuum:3', 'during-vacuum:7']) {
  test(`a process killed at ${point} loses nothing that it acknowledged, and sends nothing twice that it settled`, async t => {
    const { file, end, told } = await runChild(t, point)
    assert.deepEqual(end, { code: null, signal: 'SIGKILL', stderr: '' })
    assert.ok(point.endsWith(':1') || told('acknowledged').length > 0)

    const outbox = await openTestLedger(t, file)
    const settled = new Set(told('settled'))
    const waiting = new Set(ids(await claimAll(outbox, T + 10 * LEASE)))
    for (const id of told('acknowledged')) {
      if (settled.has(id)) assert.ok(!waiting.has(id), `${id} was settled and comes again`)
      // What was being settled at the kill may have become delivered without an answer.
      else if (!waiting.has(id)) assert.equal((await outbox.find(id))?.deliveries[0]?.state, 'delivered', id)
    }
    await outbox.append(batch([message('after')]), T)
    await outbox.close()
    assert.deepEqual(faultsOf(file), [])
  })
}

test('the child of these tests ends well when nobody kills it', async t => {
  const { file, end, told } = await runChild(t, 'never')
  assert.deepEqual(end, { code: 0, signal: null, stderr: '' })
  assert.equal(told('acknowledged').length, 320)
  assert.ok(told('pruned').some(count => Number(count) > 0))
  assert.deepEqual(faultsOf(file), [])
})

/** Runs it to its end. `told` are the values that it wrote down under a key. */
async function runChild(t: TestContext, point: string) {
  const folder = temporaryFolder(t)
  const [file, log] = [join(folder, 'outbox.db'), join(folder, 'log')]
  const { exited, stderr } = runProgram(t, [child, file, point, log], {})
  const end = { ...(await exited), stderr: stderr() }
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []
  const entries: Record<string, unknown>[] = lines.map(line => JSON.parse(line))
  const told = (key: string) => entries.flatMap(entry => (entry[key] === undefined ? [] : [String(entry[key])]))
  return { file, end, told }
}
