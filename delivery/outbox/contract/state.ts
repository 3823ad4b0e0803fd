import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, message, type Open, T } from './sample.ts'

const entry = (key: string, bytes: number[] | undefined, scope = 'cursor') => ({
  scope,
  key,
  bytes: bytes && new Uint8Array(bytes),
})

export function stateContract(open: Open): void {
  test('state is written with its messages, replaced, deleted, and there after a restart', async t => {
    const opened = await open(t)
    const { outbox } = opened
    await outbox.append(batch([message('m1')], [entry('a', [1, 0, 255]), entry('b', []), entry('c', [3])]), T)
    await outbox.append(batch([], [entry('a', [2]), entry('c', undefined), entry('never', undefined)]), T)
    const restarted = await opened.reopen()
    assert.deepEqual([...((await restarted.readState('cursor', 'a')) ?? [])], [2])
    assert.equal((await restarted.readState('cursor', 'b'))?.length, 0)
    assert.equal(await restarted.readState('cursor', 'c'), undefined)
    assert.equal(await restarted.readState('other', 'a'), undefined)
  })

  test('a scope is listed by key, without its neighbours', async t => {
    const { outbox } = await open(t)
    await outbox.append(
      batch([], [entry('b', [2]), entry('a', [1]), entry('a', [9], 'cursors'), entry('a', [9], 'c')]),
      T,
    )
    const listed = await outbox.listState('cursor')
    assert.deepEqual(
      listed.map(({ key, bytes }) => [key, ...bytes]),
      [
        ['a', 1],
        ['b', 2],
      ],
    )
    assert.deepEqual(await outbox.listState('none'), [])
  })

  test('the last of several writes to one key wins, in a batch and between callers in the order they called', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([], [entry('a', [1]), entry('a', undefined), entry('a', [2])]), T)
    assert.deepEqual([...((await outbox.readState('cursor', 'a')) ?? [])], [2])
    await Promise.all([3, 4, 5].map(value => outbox.append(batch([], [entry('a', [value])]), T)))
    assert.deepEqual([...((await outbox.readState('cursor', 'a')) ?? [])], [5])
  })

  test('a megabyte of state comes back byte by byte', async t => {
    const { outbox } = await open(t)
    const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, n) => (n * 7) % 256)
    await outbox.append(batch([], [{ scope: 'inventory', key: 'k', bytes }]), T)
    assert.equal(Buffer.compare((await outbox.readState('inventory', 'k')) ?? new Uint8Array(), bytes), 0)
  })
}
