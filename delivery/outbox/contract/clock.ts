import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, batch, claimAll, DAY, ids, LEASE, LONGEST_WAIT, message, type Open, settlement, T } from './sample.ts'

const YEARS = 3650 * DAY

export function clockContract(open: Open): void {
  test('what was written while the clock was years ahead is due soon after the clock is right again', async t => {
    const { outbox } = await open(t)
    const wrong = T + YEARS
    await outbox.append(batch([message('m1', about('a')), message('m2', about('b'))]), wrong)
    const claims = await claimAll(outbox, wrong)
    const [m1] = claims.filter(each => each.message.id === 'm1')
    await outbox.settle([settlement(m1, wrong, { kind: 'retry', nextAttemptAt: wrong + 5000 })])
    await outbox.append(batch([message('m3', about('c'))]), wrong)
    const due = await outbox.nextDue(['phone'])
    assert.ok(due !== undefined)
    const claimed = [...(await claimAll(outbox, T)), ...(await claimAll(outbox, T + 10_000))]
    assert.deepEqual(
      ids(claimed)
        .filter(id => id !== 'm2')
        .toSorted(),
      ['m1', 'm3'],
    )
  })

  test('a lease given while the clock was years ahead ends', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    await claimAll(outbox, T + YEARS)
    const [now] = await claimAll(outbox, T)
    const [later] = await claimAll(outbox, T + LEASE)
    assert.equal((now ?? later)?.attempt, 2)
  })

  test('a time to try again that no schedule would give is cut to the longest wait', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    const [claim] = await claimAll(outbox, T)
    await outbox.settle([settlement(claim, T, { kind: 'retry', nextAttemptAt: T + YEARS })])
    assert.deepEqual(await claimAll(outbox, T + 1), [], 'not at once either')
    assert.deepEqual(ids(await claimAll(outbox, T + LONGEST_WAIT)), ['m1'])
  })

  test('a clock that leaps forward makes everything due, and a claim still takes only what there is room for', async t => {
    const { outbox } = await open(t)
    for (const name of ['a', 'b', 'c', 'd']) await outbox.append(batch([message(name, about(name))]), T)
    const claims = await claimAll(outbox, T)
    await outbox.settle(claims.map(each => settlement(each, T, { kind: 'retry', nextAttemptAt: T + DAY })))
    const leapt = await outbox.claim([{ destination: 'phone', free: 2, ordered: false }], T + YEARS, LEASE)
    assert.equal(leapt.length, 2)
  })
}
