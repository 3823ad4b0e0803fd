import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../lib/test-process.ts'
import { batch, claimAll, ids, LEASE, message, T } from './contract/sample.ts'
import { faultsOf, openTestLedger, temporaryFolder } from './testing/sqlite.ts'

const child = fileURLToPath(new URL('./testing/sqlite-child.ts', import.meta.url))

const points = ['before-commit:1', 'before-commit:23', 'after-commit:2', 'after-commit:40', 'before-settle:9']
for (const point of [...points, 'during-vacuum:1', 'during-vacuum:3', 'during-vacuum:7']) {
  test(`a process killed at ${point} loses nothing that it acknowledged, and sends nothing twice that it settled`, async t => {
    const file = join(temporaryFolder(t), 'outbox.db')
    const { exited, lines } = runProgram(t, [child, file, point], {})
    assert.deepEqual(await exited, { code: null, signal: 'SIGKILL' })
    const told = (key: string) => lines.flatMap(line => (typeof line[key] === 'string' ? [line[key]] : []))
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
  const file = join(temporaryFolder(t), 'outbox.db')
  const { exited, lines, stderr } = runProgram(t, [child, file, 'never'], {})
  assert.deepEqual([await exited, stderr()], [{ code: 0, signal: null }, ''])
  assert.equal(lines.filter(line => 'acknowledged' in line).length, 320)
  assert.ok(lines.some(line => Number(line.pruned) > 0))
  assert.deepEqual(faultsOf(file), [])
})
