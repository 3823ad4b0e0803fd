import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, claimAll, delivery, ids, LEASE, message, messages, type Open, settlement, T } from './sample.ts'

export function crashContract(open: Open): void {
  test('what was answered is there after a kill, once', async t => {
    const opened = await open(t)
    await Promise.all(messages(50).map(each => opened.outbox.append(batch([each]), T)))
    const outbox = await opened.kill()
    assert.equal((await outbox.size()).messages, 50)
    assert.equal(new Set(ids(await claimAll(outbox, T))).size, 50)
  })

  test('what was with a worker is lent again when its lease ends, with the same id and one attempt more', async t => {
    const opened = await open(t)
    await opened.outbox.append(batch([message('m1')]), T)
    const [before] = await claimAll(opened.outbox, T)
    const outbox = await opened.kill()
    const [after] = await claimAll(outbox, T + LEASE)
    assert.deepEqual([after?.message, after?.attempt], [before?.message, 2])
    assert.deepEqual(await outbox.settle([settlement(before, T + LEASE, { kind: 'dead' })]), [before?.token])
  })

  test('what was settled is not sent again, and the attempts of the rest go on counting', async t => {
    const opened = await open(t)
    await opened.outbox.append(batch(messages(2)), T)
    const [done, failed] = await claimAll(opened.outbox, T)
    await opened.outbox.settle([
      settlement(done, T, { kind: 'delivered' }),
      settlement(failed, T, { kind: 'retry', nextAttemptAt: T + 90_000 }),
    ])
    const outbox = await opened.kill()
    assert.deepEqual(await claimAll(outbox, T + 89_999), [])
    const [again, ...others] = await claimAll(outbox, T + 90_000)
    assert.deepEqual([again?.message.id, again?.attempt, others], [failed?.message.id, 2, []])
  })

  test('a store that was closed refuses, and one opened after it goes on', async t => {
    const opened = await open(t)
    await opened.outbox.append(batch([message('m1')]), T)
    const next = await opened.reopen()
    await assert.rejects(opened.outbox.append(batch([message('m2')]), T), { name: 'OutboxUnavailable' })
    await next.check()
    assert.equal((await delivery(next, 'm1'))?.state, 'pending')
  })
}
