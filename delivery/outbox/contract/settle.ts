import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, claimAll, delivery, ids, LEASE, message, messages, type Open, settlement, T } from './sample.ts'

export function settleContract(open: Open): void {
  test('every try is kept with its time and answer; a retry is due when it was told, also after a restart', async t => {
    const opened = await open(t)
    await opened.outbox.append(batch([message('m1')]), T)
    const [first] = await claimAll(opened.outbox, T)
    const retry = { kind: 'retry', nextAttemptAt: T + 5000 } as const
    assert.deepEqual(await opened.outbox.settle([settlement(first, T + 10, retry, '503 busy')]), [])
    const outbox = await opened.reopen()
    assert.deepEqual(await delivery(outbox, 'm1'), {
      messageId: 'm1',
      destination: 'phone',
      state: 'pending',
      attempt: 1,
      nextAttemptAt: T + 5000,
      firstAttemptAt: T,
      lastAnswer: '503 busy',
    })
    assert.deepEqual(await claimAll(outbox, T + 4999), [])
    const [second] = await claimAll(outbox, T + 5000)
    assert.deepEqual([second?.attempt, second?.firstAttemptAt], [2, T])
    assert.deepEqual([second?.message.id, second?.message.time], [first?.message.id, first?.message.time])
    await outbox.settle([settlement(second, T + 5010, { kind: 'delivered' }, '200 OK')])
    const found = await outbox.find('m1')
    assert.deepEqual(found?.attempts, [
      { destination: 'phone', attempt: 1, at: T + 10, kind: 'retry', answer: '503 busy' },
      { destination: 'phone', attempt: 2, at: T + 5010, kind: 'delivered', answer: '200 OK' },
    ])
    assert.deepEqual([found?.deliveries[0]?.state, found?.deliveries[0]?.attempt], ['delivered', 2])
  })

  for (const kind of ['delivered', 'dead'] as const) {
    test(`what is ${kind} is never claimed again, and ends no other delivery of its message`, async t => {
      const { outbox } = await open(t)
      await outbox.append(batch([message('m1', { destinations: ['phone', 'chat'] })]), T)
      const [claim] = await claimAll(outbox, T)
      await outbox.settle([settlement(claim, T, { kind })])
      assert.deepEqual(await claimAll(outbox, T + 10 * LEASE), [])
      assert.equal((await delivery(outbox, 'm1'))?.state, kind)
      assert.deepEqual(ids(await claimAll(outbox, T, 'chat')), ['m1'])
    })
  }

  test('what is given back untried is due at once, and that attempt never was', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    const [claim] = await claimAll(outbox, T)
    await outbox.settle([settlement(claim, T + 100, { kind: 'released' })])
    const { nextAttemptAt, ...rest } = (await delivery(outbox, 'm1')) ?? { nextAttemptAt: Number.NaN }
    assert.ok(nextAttemptAt <= T + 100)
    assert.deepEqual(rest, { messageId: 'm1', destination: 'phone', state: 'pending', attempt: 0 })
    assert.deepEqual((await outbox.find('m1'))?.attempts, [])
    const [again] = await claimAll(outbox, T + 100)
    assert.deepEqual([again?.attempt, again?.firstAttemptAt], [1, undefined])
  })

  test('a late outcome counts as long as nobody else has the delivery', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    const [claim] = await claimAll(outbox, T)
    assert.deepEqual(await outbox.settle([settlement(claim, T + 2 * LEASE, { kind: 'delivered' })]), [])
    assert.deepEqual(await claimAll(outbox, T + 2 * LEASE), [])
  })

  test('tokens that do not fit are named, and the outcomes beside them are kept', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(2)), T)
    const [one, two] = await claimAll(outbox, T)
    const strange = { ...settlement(one, T, { kind: 'dead' }), token: 'nobody-made-this' }
    const done = settlement(one, T, { kind: 'delivered' })
    assert.deepEqual(await outbox.settle([strange, done, settlement(two, T, { kind: 'delivered' })]), [strange.token])
    assert.deepEqual(await outbox.settle([done]), [done.token], 'settled already')
    assert.deepEqual(await outbox.settle([]), [])
    assert.deepEqual(await outbox.counts(), [{ destination: 'phone', state: 'delivered', count: 2, oldest: T }])
  })

  test('hundreds of outcomes at once are all kept', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(400)), T)
    const claims = await claimAll(outbox, T)
    const outcomes = claims.map(each => settlement(each, T, { kind: 'delivered' }))
    const calls = Array.from({ length: 8 }, (_, n) => outbox.settle(outcomes.slice(n * 50, n * 50 + 50)))
    assert.deepEqual((await Promise.all(calls)).flat(), [])
    assert.deepEqual(await outbox.counts(), [{ destination: 'phone', state: 'delivered', count: 400, oldest: T }])
  })
}
