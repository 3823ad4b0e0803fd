import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, appendDead, batch, claimAll, DAY, message, messages, type Open, settlement, T } from './sample.ts'

export function retentionContract(open: Open): void {
  test('messages go when all their deliveries ended well before the time; dead and waiting ones stay', async t => {
    const { outbox } = await open(t)
    await appendDead(outbox, 'dead')
    const both = { destinations: ['phone', 'chat'] }
    await outbox.append(batch([message('half', { ...about('a'), ...both }), message('done', about('b'))]), T)
    await outbox.append(batch([message('nobody', { ...about('c'), destinations: [] })]), T)
    const claims = await claimAll(outbox, T)
    await outbox.settle(claims.map(each => settlement(each, T + 100, { kind: 'delivered' })))
    await outbox.append(batch([message('thrown', { ...about('d'), destinations: ['chat'] })]), T)
    await outbox.discard({ messageId: 'thrown' }, T + 100)
    await outbox.append(batch([message('late', { ...about('e') })]), T)
    const [late] = await claimAll(outbox, T)
    await outbox.settle([settlement(late, T + 101, { kind: 'delivered' })])
    assert.equal(await outbox.prune(T + 101, 100), 3)
    for (const id of ['dead', 'half', 'late']) assert.equal((await outbox.find(id))?.message.id, id)
    for (const id of ['done', 'nobody', 'thrown']) assert.equal(await outbox.find(id), undefined, id)
    assert.deepEqual(
      (await outbox.counts()).map(each => `${each.destination} ${each.state} ${each.count}`).toSorted(),
      ['chat pending 1', 'phone dead 1', 'phone delivered 2'],
    )
  })

  test('a prune takes at most its limit, and the next one goes on', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(25, { destinations: [] })), T)
    assert.deepEqual(
      [await outbox.prune(T + DAY, 10), await outbox.prune(T + DAY, 10), await outbox.prune(T + DAY, 10)],
      [10, 10, 5],
    )
    assert.equal(await outbox.prune(T + DAY, 10), 0)
    assert.equal((await outbox.size()).messages, 0)
  })

  test('a dead letter that is replayed and delivered goes in its turn', async t => {
    const { outbox } = await open(t)
    await appendDead(outbox, 'm1')
    assert.equal(await outbox.prune(T + DAY, 10), 0)
    await outbox.replay({ messageId: 'm1' }, T + DAY, 0)
    const [claim] = await claimAll(outbox, T + DAY)
    await outbox.settle([settlement(claim, T + DAY, { kind: 'delivered' })])
    assert.equal(await outbox.prune(T + DAY, 10), 0)
    assert.equal(await outbox.prune(T + DAY + 1, 10), 1)
  })

  test('sequences never start again, even when everything was removed', async t => {
    const opened = await open(t)
    const [before] = await opened.outbox.append(batch([message('m1', { destinations: [] })]), T)
    assert.equal(await opened.outbox.prune(T + 1, 10), 1)
    const outbox = await opened.reopen()
    const [after] = await outbox.append(batch([message('m2')]), T + 2)
    assert.ok((after?.sequence ?? 0) > (before?.sequence ?? 0))
  })

  test('the size grows with what is written', async t => {
    const { outbox } = await open(t)
    const before = await outbox.size()
    await outbox.append(batch(messages(100, { text: 'x'.repeat(10_000) })), T)
    const after = await outbox.size()
    assert.equal(after.messages - before.messages, 100)
    assert.ok(after.bytes - before.bytes >= 100 * 1000, `${before.bytes} to ${after.bytes}`) // Postgres packs such text
  })
}
