import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  about,
  batch,
  claimAll,
  claimOrdered,
  ids,
  LEASE,
  message,
  messages,
  type Open,
  type Opened,
  settlement,
  T,
} from './sample.ts'

const three = async ({ outbox }: Opened) => {
  await outbox.append(batch([message('a1', about('a')), message('a2', about('a')), message('b1', about('b'))]), T)
  await outbox.append(batch([message('a3', about('a'))]), T + 1)
  return outbox
}

export function orderContract(open: Open): void {
  test('an ordered destination has one message of a subject at a time, the oldest; other subjects go beside it', async t => {
    const outbox = await three(await open(t))
    const [a1, b1, ...none] = await claimOrdered(outbox, T + 1)
    assert.deepEqual([a1?.message.id, b1?.message.id, none], ['a1', 'b1', []])
    assert.deepEqual(await claimOrdered(outbox, T + 2), [])
    await outbox.settle([settlement(a1, T + 2, { kind: 'delivered' })])
    const [a2, ...others] = await claimOrdered(outbox, T + 2)
    assert.deepEqual([a2?.message.id, others], ['a2', []])
    await outbox.settle([settlement(a2, T + 3, { kind: 'delivered' })])
    assert.deepEqual(ids(await claimOrdered(outbox, T + 3)), ['a3'])
  })

  test('later messages of a subject wait while an earlier one is to be tried again', async t => {
    const outbox = await three(await open(t))
    const [a1, b1] = await claimOrdered(outbox, T)
    await outbox.settle([
      settlement(a1, T, { kind: 'retry', nextAttemptAt: T + 60_000 }),
      settlement(b1, T, { kind: 'delivered' }),
    ])
    assert.deepEqual(await claimOrdered(outbox, T + 59_999), [])
    assert.equal(await outbox.nextDue(['phone']), T + 60_000, 'those that wait for another have no time of their own')
    assert.deepEqual(ids(await claimOrdered(outbox, T + 60_000)), ['a1'])
  })

  test('a message that failed for good holds nobody back', async t => {
    const outbox = await three(await open(t))
    const [a1] = await claimOrdered(outbox, T)
    await outbox.settle([settlement(a1, T, { kind: 'dead' })])
    assert.deepEqual(ids(await claimOrdered(outbox, T)), ['a2'])
  })

  test('nor does one that was discarded', async t => {
    const outbox = await three(await open(t))
    assert.equal(await outbox.discard({ messageId: 'a1' }, T), 1)
    assert.deepEqual(ids(await claimOrdered(outbox, T)), ['a2', 'b1'])
  })

  test('what was given back, or whose lease ran out, comes again before its successors', async t => {
    const outbox = await three(await open(t))
    const [a1] = await claimOrdered(outbox, T)
    await outbox.settle([settlement(a1, T, { kind: 'released' })])
    assert.deepEqual(ids(await claimOrdered(outbox, T, 1)), ['a1'])
    assert.deepEqual(ids(await claimOrdered(outbox, T + LEASE)), ['a1', 'b1'])
  })

  test('claims at the same time still lend one of a subject', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(20, about('a'))), T)
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimOrdered(outbox, T, 5)))
    assert.deepEqual(ids(claims.flat()), ['m0'])
  })

  test('order holds over a restart', async t => {
    const opened = await open(t)
    await three(opened)
    await claimOrdered(opened.outbox, T)
    const outbox = await opened.reopen()
    await outbox.append(batch([message('a4', about('a'))]), T + 2)
    // At once where nobody else can have them, and otherwise when their leases end.
    const claims = [...(await claimOrdered(outbox, T + 2)), ...(await claimOrdered(outbox, T + LEASE))]
    assert.deepEqual(ids(claims), ['a1', 'b1'])
  })

  test('five hundred that wait for one do not hide another subject', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(500, about('a'))), T)
    const [head] = await claimOrdered(outbox, T, 1)
    await outbox.settle([settlement(head, T, { kind: 'retry', nextAttemptAt: T + 60_000 })])
    await outbox.append(batch([message('b1', about('b'))]), T + 1)
    assert.deepEqual(ids(await claimOrdered(outbox, T + 1, 1)), ['b1'])
  })

  test('a dead message that is replayed goes before those that came after it', async t => {
    const outbox = await three(await open(t))
    const [a1] = await claimOrdered(outbox, T)
    await outbox.settle([settlement(a1, T, { kind: 'dead' })])
    assert.equal(await outbox.replay({ messageId: 'a1' }, T + 5, 0), 1)
    const [again, ...others] = await claimOrdered(outbox, T + 5)
    assert.deepEqual([again?.message.id, others], ['a1', []])
    await outbox.settle([settlement(again, T + 6, { kind: 'delivered' })])
    assert.deepEqual(ids(await claimOrdered(outbox, T + 6)), ['a2'])
  })

  test('a replayed message waits for the one of its subject that is in flight', async t => {
    const outbox = await three(await open(t))
    const [a1] = await claimOrdered(outbox, T)
    await outbox.settle([settlement(a1, T, { kind: 'dead' })])
    const [a2] = await claimOrdered(outbox, T)
    assert.equal(await outbox.replay({ messageId: 'a1' }, T + 5, 0), 1)
    assert.deepEqual(await claimOrdered(outbox, T + 5), [])
    await outbox.settle([settlement(a2, T + 6, { kind: 'delivered' })])
    assert.deepEqual(ids(await claimOrdered(outbox, T + 6)), ['a1'])
  })

  test('a destination may become ordered, and stop being it, with messages waiting', async t => {
    const outbox = await three(await open(t))
    assert.deepEqual(ids(await claimOrdered(outbox, T + 1)), ['a1', 'b1'])
    assert.deepEqual(ids(await claimAll(outbox, T + 1)), ['a2', 'a3'])
    assert.deepEqual(await claimOrdered(outbox, T + 1), [])
  })
}
