import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, batch, claimAll, delivery, ids, LEASE, message, messages, type Open, settlement, T } from './sample.ts'

export function claimContract(open: Open): void {
  test('a claim lends what is due, whole, with the number of this attempt', async t => {
    const { outbox } = await open(t)
    const [appended] = await outbox.append(batch([message('m1')]), T)
    const [claim, ...others] = await claimAll(outbox, T)
    const { destinations: _, decisions: __, ...told } = message('m1')
    assert.deepEqual(claim, {
      message: { ...told, sequence: appended?.sequence },
      destination: 'phone',
      attempt: 1,
      token: claim?.token,
    })
    assert.deepEqual(others, [])
    assert.deepEqual(await delivery(outbox, 'm1'), {
      messageId: 'm1',
      destination: 'phone',
      state: 'leased',
      attempt: 1,
      nextAttemptAt: T,
      firstAttemptAt: T,
      leaseUntil: T + LEASE,
    })
  })

  test('the oldest come first, at most as many as the destination has room for', async t => {
    const { outbox } = await open(t)
    for (const [n, each] of messages(5).entries()) await outbox.append(batch([each]), T + n)
    const room = (free: number) => outbox.claim([{ destination: 'phone', free, ordered: false }], T + 10, LEASE)
    assert.deepEqual(ids(await room(0)), [])
    assert.deepEqual(ids(await room(2)), ['m0', 'm1'])
    assert.deepEqual(ids(await room(2)), ['m2', 'm3'])
    assert.deepEqual(ids(await room(2)), ['m4'])
    assert.deepEqual(ids(await room(2)), [])
  })

  test('only the destinations that were named are claimed for, and one nobody ever wrote to is no mistake', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1', { destinations: ['phone', 'chat'] })]), T)
    assert.deepEqual(await outbox.claim([], T, LEASE), [])
    assert.deepEqual(await claimAll(outbox, T, 'unknown'), [])
    assert.deepEqual(ids(await claimAll(outbox, T, 'chat')), ['m1'])
    assert.equal((await delivery(outbox, 'm1'))?.state, 'pending')
  })

  test('a delivery is due at its time, not a millisecond before', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    const [claim] = await claimAll(outbox, T)
    await outbox.settle([settlement(claim, T, { kind: 'retry', nextAttemptAt: T + 5000 })])
    assert.deepEqual(await claimAll(outbox, T + 4999), [])
    assert.equal((await claimAll(outbox, T + 5000))[0]?.attempt, 2)
  })

  test('a lease keeps others away until it ends; then the delivery is lent again and the first token no longer fits', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    const [first] = await claimAll(outbox, T)
    assert.deepEqual(await claimAll(outbox, T + LEASE - 1), [])
    const [second] = await claimAll(outbox, T + LEASE)
    assert.deepEqual([second?.attempt, second?.firstAttemptAt], [2, T])
    assert.notEqual(second?.token, first?.token)
    assert.deepEqual(await outbox.settle([settlement(first, T + LEASE, { kind: 'dead' })]), [first?.token])
    assert.equal((await delivery(outbox, 'm1'))?.state, 'leased')
    assert.deepEqual(await outbox.settle([settlement(second, T + LEASE, { kind: 'delivered' })]), [])
    assert.equal((await delivery(outbox, 'm1'))?.state, 'delivered')
  })

  test('claims at the same time share nothing', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(100)), T)
    const room = [{ destination: 'phone', free: 15, ordered: false }]
    const claims = (await Promise.all(Array.from({ length: 10 }, () => outbox.claim(room, T, LEASE)))).flat()
    assert.equal(claims.length, 100)
    assert.equal(new Set(ids(claims)).size, 100)
    assert.equal(new Set(claims.map(each => each.token)).size, 100)
  })

  test('a thousand rows of a dead destination delay no other destination', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(1000, { destinations: ['dead-end'] }, 'poison')), T)
    await outbox.append(batch([message('m1')]), T + 1)
    const room = ['dead-end', 'phone'].map(destination => ({ destination, free: 8, ordered: false }))
    const claims = await outbox.claim(room, T + 1, LEASE)
    assert.equal(claims.length, 9)
    assert.deepEqual(ids(claims.filter(each => each.destination === 'phone')), ['m1'])
    assert.deepEqual(ids(await outbox.claim([{ destination: 'phone', free: 8, ordered: false }], T + 1, LEASE)), [])
  })

  test('rows that fail again and again delay a new message of their own destination by no attempt of theirs', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(50, {}, 'poison')), T)
    const poison = await claimAll(outbox, T)
    await outbox.settle(poison.map(each => settlement(each, T, { kind: 'retry', nextAttemptAt: T + 60_000 })))
    await outbox.append(batch([message('m1')]), T + 1000)
    assert.deepEqual(ids(await claimAll(outbox, T + 1000)), ['m1'])
  })

  test('nextDue is when a claim can next return something', async t => {
    const { outbox } = await open(t)
    assert.equal(await outbox.nextDue(['phone']), undefined)
    await outbox.append(batch([message('m1', about('a'))]), T)
    await outbox.append(batch([message('m2', about('b'))]), T + 500)
    assert.equal(await outbox.nextDue(['chat', 'phone']), T)
    assert.equal(await outbox.nextDue(['chat']), undefined)
    assert.equal(await outbox.nextDue([]), undefined)
    const [first] = await claimAll(outbox, T)
    assert.equal(await outbox.nextDue(['phone']), T + 500)
    const [second] = await claimAll(outbox, T + 500)
    assert.equal(await outbox.nextDue(['phone']), T + LEASE, 'a lease whose worker died is claimable at its end')
    await outbox.settle([
      settlement(first, T, { kind: 'retry', nextAttemptAt: T + 90_000 }),
      settlement(second, T, { kind: 'delivered' }),
    ])
    assert.equal(await outbox.nextDue(['phone']), T + 90_000)
  })
}
