import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, batch, claimAll, delivery, ids, LEASE, message, messages, type Open, settlement, T } from './sample.ts'

export function pauseContract(open: Open): void {
  test('deliveries of a paused destination are parked, old and new, until it is resumed', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1', { destinations: ['phone', 'chat'] })]), T)
    await outbox.pause('phone', 'it answered 410', T + 1)
    await outbox.append(batch([message('m2', about('b'))]), T + 2)
    for (const id of ['m1', 'm2']) assert.equal((await delivery(outbox, id))?.state, 'parked', id)
    assert.equal((await delivery(outbox, 'm1', 'chat'))?.state, 'pending')
    assert.deepEqual(await claimAll(outbox, T + 10 * LEASE), [])
    assert.equal(await outbox.nextDue(['phone']), undefined)
    assert.equal(await outbox.nextDue(['phone', 'chat']), T)
    assert.deepEqual(
      (await outbox.counts()).filter(each => each.destination === 'phone'),
      [{ destination: 'phone', state: 'parked', count: 2, oldest: T }],
    )
    assert.equal((await outbox.list({ state: 'parked' })).length, 2)
    assert.equal((await outbox.list({ state: 'pending' })).length, 1)
    await outbox.resume('phone', T + 3)
    assert.deepEqual(ids(await claimAll(outbox, T + 3)), ['m1', 'm2'])
  })

  test('who is paused, since when and why is kept over a restart', async t => {
    const opened = await open(t)
    await opened.outbox.pause('never-written-to', 'for the night', T)
    await opened.outbox.pause('chat', 'it answered 410', T + 1)
    const outbox = await opened.reopen()
    assert.deepEqual(
      (await outbox.paused()).toSorted((a, b) => a.since - b.since),
      [
        { destination: 'never-written-to', reason: 'for the night', since: T },
        { destination: 'chat', reason: 'it answered 410', since: T + 1 },
      ],
    )
    await outbox.resume('chat', T + 2)
    await outbox.resume('unknown', T + 2)
    assert.deepEqual(
      (await outbox.paused()).map(each => each.destination),
      ['never-written-to'],
    )
  })

  test('what is in flight at a pause may end; when it failed, or its lease runs out, it is parked', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(3)), T)
    const [m0, m1] = await claimAll(outbox, T)
    await outbox.pause('phone', 'by hand', T)
    const retry = { kind: 'retry', nextAttemptAt: T + 5000 } as const
    assert.deepEqual(await outbox.settle([settlement(m0, T, { kind: 'delivered' }), settlement(m1, T, retry)]), [])
    assert.equal((await delivery(outbox, 'm0'))?.state, 'delivered')
    assert.equal((await delivery(outbox, 'm1'))?.state, 'parked')
    assert.deepEqual(await claimAll(outbox, T + LEASE), [])
    await outbox.resume('phone', T + LEASE)
    assert.deepEqual(ids(await claimAll(outbox, T + LEASE)).toSorted(), ['m1', 'm2'])
  })

  test('a second pause keeps the time of the first and tells the newer reason', async t => {
    const { outbox } = await open(t)
    await outbox.pause('phone', 'first', T)
    await outbox.pause('phone', 'second', T + 1)
    assert.deepEqual(await outbox.paused(), [{ destination: 'phone', reason: 'second', since: T }])
  })
}
