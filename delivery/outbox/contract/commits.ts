import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, claimAll, message, messages, type Open, settlement, T } from './sample.ts'

export function commitsContract(open: Open): void {
  test('each commit tells how many messages it wrote, and one that wrote none tells nothing', async t => {
    const { outbox, commits } = await open(t)
    await outbox.append(batch(messages(3)), T)
    assert.deepEqual(commits, [3])
    await outbox.append(batch(messages(3)), T) // a retry
    await outbox.append(batch([], [{ scope: 'cursor', key: 'k', bytes: new Uint8Array([1]) }]), T)
    const claims = await claimAll(outbox, T)
    await outbox.settle(claims.map(each => settlement(each, T, { kind: 'delivered' })))
    await assert.rejects(outbox.append(batch([message('n'), message('n')]), T))
    assert.deepEqual(commits, [3])
    const once = { once: { key: 'k', forMs: 1000 } }
    await outbox.append(batch([message('first', once), message('second', once)]), T)
    assert.deepEqual(commits, [3, 1])
  })

  test('callers that come at once share a few commits, and no message is told twice or left out', async t => {
    const { outbox, commits } = await open(t)
    const bad = batch([message('twin'), message('twin')])
    const calls = [...messages(200).map(each => batch([each])), bad].map(each => outbox.append(each, T))
    await Promise.allSettled(calls)
    assert.equal(
      commits.reduce((sum, each) => sum + each, 0),
      200,
    )
    assert.ok(commits.length < 20, `${commits.length} commits`)
  })
}
