import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../lib/test-process.ts'
import { batch, claimAll, claimOrdered, delivery, ids, LEASE, message, settlement, T } from './contract/sample.ts'
import { openTestLedger, temporaryFolder } from './testing/sqlite.ts'

const holder = fileURLToPath(new URL('./testing/sqlite-holder.ts', import.meta.url))

/** A process that has borrowed; `told` is what, with the number of its attempt. */
async function startHolder(t: TestContext, file: string, ...words: string[]) {
  const { child, exited, line } = runProgram(t, [holder, file, ...words], {})
  const { told } = await line(({ msg }) => msg === 'borrowed')
  return {
    told,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

test('what a killed process had is lent again at once, one attempt further, and in order where that is asked for', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const holders: unknown[] = []
  for (const words of [['append'], [], []]) {
    const { told, kill } = await startHolder(t, file, ...words)
    holders.push(told)
    await kill()
  }
  assert.deepEqual(
    holders,
    [1, 2, 3].map(attempt => [`m0 ${attempt}`, `m1 ${attempt}`, `m2 ${attempt}`, `c0 ${attempt}`]),
  )
  const outbox = await openTestLedger(t, file)
  const [m0, ...others] = await claimAll(outbox, T)
  assert.deepEqual([m0?.message.id, m0?.attempt, m0?.firstAttemptAt, others.length], ['m0', 4, T, 2])
  const [c0, ...none] = await claimOrdered(outbox, T, 10, 'chat')
  assert.deepEqual([c0?.message.id, c0?.attempt, none], ['c0', 4, []])
  await outbox.settle([settlement(c0, T, { kind: 'dead' })])
  assert.deepEqual(ids(await claimOrdered(outbox, T, 10, 'chat')), ['c1'])
  const counts = (await outbox.counts()).map(each => `${each.destination} ${each.state} ${each.count}`)
  assert.deepEqual(counts.toSorted(), ['chat dead 1', 'chat leased 1', 'chat pending 1', 'phone leased 3'])
})

test('while a process has the file another one gets nothing of it, and takes nothing from it', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const { kill } = await startHolder(t, file, 'append')
  const outbox = await openTestLedger(t, file, { busyTimeoutMs: 10 })
  for (const call of [
    () => claimAll(outbox, T),
    () => outbox.list({}),
    () => outbox.append(batch([message('x')]), T),
  ]) {
    await assert.rejects(call, { name: 'OutboxUnavailable', message: /in use by another process/ })
  }
  await kill()
  assert.deepEqual(ids(await claimAll(outbox, T)), ['m0', 'm1', 'm2'], 'it was refused, so nothing is its own yet')
})

test('a thread that is started anew leaves what this process is at work on', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file, { faults: { endThreadAt: 'before-settle' } })
  await outbox.append(batch([message('m1')]), T)
  const claims = await claimAll(outbox, T)
  assert.equal(claims.length, 1)
  await assert.rejects(outbox.settle([settlement(claims[0], T, { kind: 'delivered' })]), { name: 'OutboxUnavailable' })
  assert.deepEqual(await claimAll(outbox, T), [])
  assert.equal((await delivery(outbox, 'm1'))?.state, 'leased')
  assert.equal((await claimAll(outbox, T + LEASE))[0]?.attempt, 2)
})

test('a first claim that fails as a whole leaves the release to the next one', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  await (await startHolder(t, file, 'append')).kill()
  const outbox = await openTestLedger(t, file)
  const bad = batch([message('m0', { text: 'another' })])
  const [lost, claims] = await Promise.allSettled([outbox.append(bad, T), claimAll(outbox, T)])
  assert.deepEqual([lost.status, claims.status === 'fulfilled' && ids(claims.value)], ['rejected', ['m0', 'm1', 'm2']])
})
