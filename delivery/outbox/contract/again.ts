import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, claimAll, message, messages, type Open, T } from './sample.ts'

const state = (value: number) => [{ scope: 'cursor', key: 'k', bytes: new Uint8Array([value]) }]

/** The rules that Outbox.append tells of batches that come again. */
export function againContract(open: Open): void {
  test('a batch that is there as a whole is a retry: the first answers again, and nothing is written', async t => {
    const opened = await open(t)
    const { outbox } = opened
    const first = await outbox.append(batch(messages(3), state(1)), T)
    const duplicates = first.map(each => ({ ...each, duplicate: true }))
    assert.deepEqual(await outbox.append(batch(messages(3), state(1)), T + 1000), duplicates)
    const restarted = await opened.reopen()
    assert.deepEqual(await restarted.append(batch(messages(3), state(1)), T + 2000), duplicates)
    assert.deepEqual(await restarted.append(batch(messages(3).toReversed()), T), duplicates.toReversed())
    assert.equal((await restarted.size()).messages, 3)
    assert.equal((await claimAll(restarted, T + 2000)).length, 3)
  })

  test('a retry does not put back state that has been replaced or deleted since', async t => {
    const { outbox } = await open(t)
    const first = batch([message('m1')], [...state(1), { scope: 'cursor', key: 'gone', bytes: new Uint8Array([1]) }])
    await outbox.append(first, T)
    await outbox.append(batch([message('m2')], [...state(2), { scope: 'cursor', key: 'gone', bytes: undefined }]), T)
    assert.equal((await outbox.append(first, T))[0]?.duplicate, true)
    assert.deepEqual([...((await outbox.readState('cursor', 'k')) ?? [])], [2])
    assert.equal(await outbox.readState('cursor', 'gone'), undefined)
  })

  test('a retry is known as one when some of its messages were duplicates by their key', async t => {
    const { outbox } = await open(t)
    const once = { once: { key: 'k', forMs: 1000 } }
    const [m1] = await outbox.append(batch([message('m1', once)]), T)
    const mixed = batch([message('m2', once), message('m3')], state(1))
    const [, m3] = await outbox.append(mixed, T)
    await outbox.append(batch([], state(2)), T)
    assert.deepEqual(
      await outbox.append(mixed, T + 1),
      [m1, m3].map(each => ({ ...each, duplicate: true })),
    )
    assert.deepEqual([...((await outbox.readState('cursor', 'k')) ?? [])], [2])
    assert.deepEqual(await outbox.append(batch([message('m1', once)], state(3)), T + 1), [{ ...m1, duplicate: true }])
    assert.deepEqual([...((await outbox.readState('cursor', 'k')) ?? [])], [2])
  })

  test('a retry of a first message whose key has been given away since is answered with its own sequence', async t => {
    const { outbox } = await open(t)
    const once = { once: { key: 'k', forMs: 1000 } }
    const [m1] = await outbox.append(batch([message('m1', once)]), T)
    const [m2] = await outbox.append(batch([message('m2', once)]), T + 1000)
    assert.equal(m2?.duplicate, false)
    assert.deepEqual(await outbox.append(batch([message('m1', once)]), T + 1001), [{ ...m1, duplicate: true }])
  })

  test('a batch that is there in part, or whose id belongs to another text, is refused as a whole', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    for (const clash of [
      [message('m1'), message('m2')],
      [message('m2'), message('m1')],
      [message('m1', { text: 'another' })],
      [message('m1'), message('m1')],
    ]) {
      await assert.rejects(outbox.append(batch(clash, state(1)), T), {
        name: 'Error',
        message: 'the message id "m1" is taken, and nothing of its batch was kept; give every message an id of its own',
      })
    }
    assert.equal((await outbox.size()).messages, 1)
    assert.equal(await outbox.readState('cursor', 'k'), undefined)
  })

  test('retries, mistakes and new batches that share a commit are each answered as if they were alone', async t => {
    const { outbox } = await open(t)
    const [known] = await outbox.append(batch([message('known')], state(1)), T)
    const batches = [
      batch([message('new')], state(2)),
      batch([message('known')], state(1)),
      batch([message('new')], state(9)),
      batch([message('half'), message('known')], state(8)),
      batch([message('other')]),
      batch([message('other', { text: 'another' })]),
    ]
    const results = await Promise.allSettled(batches.map(each => outbox.append(each, T)))
    const said = results.map(each => (each.status === 'rejected' ? 'refused' : each.value[0]?.duplicate))
    assert.deepEqual(said, [false, true, true, 'refused', false, 'refused'])
    assert.deepEqual(results[1]?.status === 'fulfilled' && results[1].value, [{ ...known, duplicate: true }])
    assert.deepEqual([...((await outbox.readState('cursor', 'k')) ?? [])], [2])
    assert.equal((await outbox.size()).messages, 3)
  })
}
