import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, batch, DAY, message, messages, type Open, T } from './sample.ts'

const once = { once: { key: 'flux:0a1b', forMs: 600_000 } }

export function onceContract(open: Open): void {
  test('a second message with the key is answered with the first id until its time is over', async t => {
    const { outbox } = await open(t)
    const [first] = await outbox.append(batch([message('m1', once)]), T)
    for (const [id, now, duplicate] of [
      ['m2', T, true],
      ['m3', T + 599_999, true],
      ['m4', T + 600_000, false],
      ['m5', T + 600_001, true],
    ] as const) {
      const [answer] = await outbox.append(batch([message(id, once)]), now)
      assert.equal(answer?.duplicate, duplicate, id)
      if (now < T + 600_000) assert.deepEqual(answer, { ...first, duplicate: true })
      assert.equal((await outbox.find(id)) === undefined, duplicate)
    }
    const [other] = await outbox.append(batch([message('m6', { once: { key: 'flux:0a1c', forMs: 600_000 } })]), T)
    assert.equal(other?.duplicate, false)
  })

  test('a key holds over a restart, and after its message was removed', async t => {
    const opened = await open(t)
    const [first] = await opened.outbox.append(batch([message('m1', { ...once, destinations: [] })]), T)
    assert.equal(await opened.outbox.prune(T + 1000, 100), 1)
    const restarted = await opened.reopen()
    const [second] = await restarted.append(batch([message('m2', once)]), T + 2000)
    assert.deepEqual(second, { ...first, duplicate: true })
  })

  test('the rest of the batch of a duplicate is written', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1', once)]), T)
    const state = [{ scope: 'episode', key: 'web', bytes: new Uint8Array([7]) }]
    const answers = await outbox.append(batch([message('m2', once), message('m3')], state), T)
    assert.deepEqual(
      answers.map(each => [each.id, each.duplicate]),
      [
        ['m1', true],
        ['m3', false],
      ],
    )
    assert.deepEqual([...((await outbox.readState('episode', 'web')) ?? [])], [7])
  })

  test('of many at once with one key, in one batch or in many, one is written', async t => {
    const { outbox } = await open(t)
    const answers = await outbox.append(batch(messages(3, once)), T)
    assert.deepEqual(
      answers.map(each => [each.id, each.duplicate]),
      [
        ['m0', false],
        ['m0', true],
        ['m0', true],
      ],
    )
    const other = { once: { key: 'other', forMs: 1000 } }
    const calls = await Promise.all(messages(20, other, 'n').map(each => outbox.append(batch([each]), T)))
    assert.equal(calls.flat().filter(each => !each.duplicate).length, 1)
    assert.equal(new Set(calls.flat().map(each => each.id)).size, 1)
    assert.equal((await outbox.size()).messages, 2)
  })

  test('a batch that was refused has not used its key', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('taken', about('a'))]), T)
    await assert.rejects(outbox.append(batch([message('m1', once), message('taken')]), T), /"taken"/)
    const [answer] = await outbox.append(batch([message('m1', once)]), T)
    assert.deepEqual([answer?.id, answer?.duplicate], ['m1', false])
  })

  test('a key from a clock that was a day ahead holds nobody back', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1', once)]), T + DAY)
    const [answer] = await outbox.append(batch([message('m2', once)]), T)
    assert.equal(answer?.duplicate, false)
  })
}
