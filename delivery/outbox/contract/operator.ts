import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subjectKey } from '../../message.ts'
import {
  about,
  appendDead,
  batch,
  claimAll,
  delivery,
  ids,
  LEASE,
  message,
  messages,
  type Open,
  settlement,
  T,
} from './sample.ts'

export function operatorContract(open: Open): void {
  test('a list is oldest first and narrowed by destination, state, subject and time of occurrence', async t => {
    const { outbox } = await open(t)
    await appendDead(outbox, 'm1')
    const late = { time: '2026-11-20T14:00:00.5+02:00' } // half a second after T
    await outbox.append(batch([message('m2', { ...about('web'), ...late, destinations: ['phone', 'chat'] })]), T)
    const list = async (filter: Parameters<typeof outbox.list>[0]) =>
      (await outbox.list(filter)).map(each => `${each.message.id} ${each.delivery.destination} ${each.delivery.state}`)
    assert.deepEqual(await list({}), ['m1 phone dead', 'm2 chat pending', 'm2 phone pending'])
    assert.deepEqual(await list({ destination: 'phone' }), ['m1 phone dead', 'm2 phone pending'])
    assert.deepEqual(await list({ destination: 'unknown' }), [])
    assert.deepEqual(await list({ state: 'dead' }), ['m1 phone dead'])
    assert.deepEqual(await list({ state: 'dead', destination: 'chat' }), [])
    assert.deepEqual(await list({ subject: subjectKey(about('web').subject) }), ['m2 chat pending', 'm2 phone pending'])
    assert.deepEqual(await list({ since: '2026-11-20T12:00:00.500Z' }), ['m2 chat pending', 'm2 phone pending'])
    assert.deepEqual(await list({ since: '2026-11-20T12:00:00.501Z' }), [])
  })

  // A message is never split between pages, so the id of the last one says where the next page begins.
  test('pages go on after the last message of the page before, and show everything once', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(7, { destinations: ['a', 'b'] })), T)
    const seen: string[] = []
    let after: string | undefined
    for (let page = 0; page < 20; page += 1) {
      const rows = await outbox.list({ limit: 3, ...(after && { after }) })
      if (rows.length === 0) break
      assert.ok(rows.length >= 3 || page === 3, 'a page is full, but for the last')
      seen.push(...rows.map(each => `${each.message.id}${each.delivery.destination}`))
      after = rows.at(-1)?.message.id
    }
    assert.deepEqual(
      seen,
      [0, 1, 2, 3, 4, 5, 6].flatMap(n => [`m${n}a`, `m${n}b`]),
    )
  })

  test('a replayed dead letter starts again at the first attempt, with its id and its history', async t => {
    const { outbox } = await open(t)
    await appendDead(outbox, 'm1')
    assert.equal(await outbox.replay({ messageId: 'm1' }, T + 1000, 0), 1)
    assert.equal(await outbox.replay({ messageId: 'm1' }, T + 1000, 0), 0, 'it waits already')
    const [claim] = await claimAll(outbox, T + 1000)
    assert.deepEqual([claim?.message.id, claim?.attempt, claim?.firstAttemptAt], ['m1', 1, undefined])
    await outbox.settle([settlement(claim, T + 1001, { kind: 'retry', nextAttemptAt: T + 6000 })])
    assert.equal((await delivery(outbox, 'm1'))?.attempt, 1, 'the whole budget is there again')
    const attempts = (await outbox.find('m1'))?.attempts.map(each => `${each.kind} ${each.attempt}`)
    assert.deepEqual(attempts, ['dead 1', 'retry 1'])
  })

  test('what was delivered is never replayed or discarded; what was discarded only by its id', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    const [claim] = await claimAll(outbox, T)
    await outbox.settle([settlement(claim, T, { kind: 'delivered' })])
    await appendDead(outbox, 'm2')
    assert.equal(await outbox.discard({ state: 'dead' }, T), 1)
    assert.equal(await outbox.replay({ messageId: 'm1' }, T, 0), 0)
    assert.equal(await outbox.discard({ messageId: 'm1' }, T), 0)
    assert.equal(await outbox.replay({}, T, 0), 0)
    assert.equal(await outbox.replay({ messageId: 'unknown' }, T, 0), 0)
    assert.equal(await outbox.replay({ messageId: 'm2' }, T, 0), 1)
    assert.deepEqual(ids(await claimAll(outbox, T)), ['m2'])
  })

  test('a replay of a thousand is spread evenly over its time and takes what the filter names', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch(messages(1000, { destinations: ['phone', 'chat'] })), T)
    for (const destination of ['phone', 'chat']) {
      const claims = await claimAll(outbox, T, destination)
      await outbox.settle(claims.map(each => settlement(each, T, { kind: 'dead' })))
    }
    assert.equal(await outbox.replay({ destination: 'phone' }, T + 1000, 100_000), 1000)
    const early = await claimAll(outbox, T + 1000 + 25_000)
    assert.ok(early.length > 200 && early.length < 300, `${early.length} of 1000 in a quarter of the time`)
    assert.equal((await claimAll(outbox, T + 1000 + 100_000)).length, 1000, 'the rest, and those whose lease is over')
    assert.deepEqual(await claimAll(outbox, T + 1000 + 100_000, 'chat'), [])
  })

  test('a replay takes no more than its limit', async t => {
    const { outbox } = await open(t)
    for (const id of ['m1', 'm2', 'm3']) await appendDead(outbox, id)
    assert.equal(await outbox.replay({ limit: 2 }, T, 0), 2)
    assert.deepEqual(ids(await claimAll(outbox, T)), ['m1', 'm2'])
  })

  test('what waits, is parked or failed can be discarded; what is in flight is left', async t => {
    const { outbox } = await open(t)
    await appendDead(outbox, 'dead')
    await outbox.append(batch([message('leased', about('b'))]), T)
    const [leased] = await claimAll(outbox, T)
    await outbox.append(batch([message('waiting', about('c'))]), T)
    assert.equal(await outbox.discard({ destination: 'phone' }, T), 2)
    assert.deepEqual(ids(await claimAll(outbox, T)), [])
    assert.deepEqual(await outbox.settle([settlement(leased, T, { kind: 'retry', nextAttemptAt: T + 1 })]), [])
    await outbox.pause('phone', 'it is gone', T)
    assert.equal(await outbox.discard({ state: 'parked' }, T + LEASE), 1)
    assert.deepEqual(await outbox.counts(), [{ destination: 'phone', state: 'discarded', count: 3, oldest: T }])
  })

  test('counts tell each destination and state, and when the oldest message of them came in', async t => {
    const { outbox } = await open(t)
    await appendDead(outbox, 'm1', {}, T)
    await outbox.append(batch([message('m2', { ...about('b'), destinations: ['phone', 'chat'] })]), T + 10)
    await outbox.append(batch([message('m3', { ...about('c') })]), T + 20)
    const [m2] = await claimAll(outbox, T + 20)
    assert.equal(m2?.message.id, 'm2')
    await outbox.settle([settlement(m2, T + 30, { kind: 'delivered' })])
    const counts = (await outbox.counts()).map(
      each => `${each.destination} ${each.state} ${each.count} ${each.oldest - T}`,
    )
    assert.deepEqual(counts.toSorted(), [
      'chat pending 1 10',
      'phone dead 1 0',
      'phone delivered 1 10',
      'phone leased 1 20',
    ])
  })
}
