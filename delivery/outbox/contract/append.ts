import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, batch, delivery, message, messages, type Open, T } from './sample.ts'

export function appendContract(open: Open): void {
  test('a message is found as it was appended, with its sequence, its decisions and a delivery that is due', async t => {
    const { outbox } = await open(t)
    const decisions = [{ rule: 'all', matched: true, because: 'no condition', destinations: ['phone'] }]
    const written = message('m1', { decisions, revision: 'main@sha1:0a', controller: 'kustomize', link: 'http://x/' })
    const [appended] = await outbox.append(batch([written]), T)
    const { destinations: _, decisions: __, ...told } = written
    assert.deepEqual(await outbox.find('m1'), {
      message: { ...told, sequence: appended?.sequence },
      decisions,
      deliveries: [{ messageId: 'm1', destination: 'phone', state: 'pending', attempt: 0, nextAttemptAt: T }],
      attempts: [],
    })
    assert.deepEqual(appended, { id: 'm1', sequence: appended?.sequence, duplicate: false })
    assert.equal(await outbox.find('m2'), undefined)
  })

  test('no character is lost or changed', async t => {
    const { outbox } = await open(t)
    const text = `nul \u0000, half a pair \ud800, whole \u{1f6a2}, line \u2028, ${'"\\\'é'.repeat(10_000)}`
    await outbox.append(batch([message('m1', { text, labels: { [text.slice(0, 40)]: text } })]), T)
    const found = await outbox.find('m1')
    assert.equal(found?.message.text, text)
    assert.deepEqual(found?.message.labels, { [text.slice(0, 40)]: text })
  })

  test('answers come in the order of the batch, and sequences of one subject grow, also after a restart', async t => {
    const opened = await open(t)
    const first = await opened.outbox.append(batch(messages(3, about('web'))), T)
    assert.deepEqual(
      first.map(each => each.id),
      ['m0', 'm1', 'm2'],
    )
    const restarted = await opened.reopen()
    const later = await restarted.append(batch(messages(2, about('web'), 'n')), T)
    const sequences = [...first, ...later].map(each => each.sequence)
    assert.deepEqual(
      sequences,
      [...new Set(sequences)].toSorted((a, b) => a - b),
    )
  })

  test('a batch with an id that is already there is refused as a whole, its state too', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1')]), T)
    const state = [{ scope: 'cursor', key: 'k', bytes: new Uint8Array([1]) }]
    await assert.rejects(outbox.append(batch([message('m2'), message('m1')], state), T), /"m1"/)
    await assert.rejects(outbox.append(batch([message('m3'), message('m3')], state), T), /"m3"/)
    for (const id of ['m2', 'm3']) assert.equal(await outbox.find(id), undefined)
    assert.equal(await outbox.readState('cursor', 'k'), undefined)
    assert.deepEqual(await outbox.counts(), [{ destination: 'phone', state: 'pending', count: 1, oldest: T }])
  })

  test('of a hundred callers at once, the one with a bad batch fails alone', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('taken', { destinations: ['new-destination'] })]), T)
    const bad = batch([message('half', { destinations: ['never-seen'] }), message('taken')])
    const calls = messages(100).map((each, n) => outbox.append(n === 50 ? bad : batch([each]), T))
    const results = await Promise.allSettled(calls)
    assert.deepEqual(
      results.flatMap((each, n) => (each.status === 'rejected' ? [n] : [])),
      [50],
    )
    assert.equal(await outbox.find('half'), undefined)
    for (let n = 0; n < 100; n += 1)
      assert.equal((await outbox.find(`m${n}`))?.message.id, n === 50 ? undefined : `m${n}`)
    await outbox.append(batch([message('after', { destinations: ['never-seen'] })]), T)
    assert.equal((await delivery(outbox, 'after', 'never-seen'))?.state, 'pending')
  })

  test('a message without a destination is kept for its decisions and counts nowhere', async t => {
    const { outbox } = await open(t)
    const decisions = [{ rule: 'errors', matched: false, because: 'severity is info', destinations: ['phone'] }]
    await outbox.append(batch([message('m1', { destinations: [], decisions })]), T)
    const found = await outbox.find('m1')
    assert.deepEqual([found?.deliveries, found?.attempts, found?.decisions], [[], [], decisions])
    assert.deepEqual(await outbox.counts(), [])
    assert.deepEqual(await outbox.list({}), [])
    assert.equal((await outbox.size()).messages, 1)
  })

  test('two rules that choose one destination make one delivery', async t => {
    const { outbox } = await open(t)
    await outbox.append(batch([message('m1', { destinations: ['phone', 'chat', 'phone'] })]), T)
    const destinations = (await outbox.find('m1'))?.deliveries.map(each => each.destination)
    assert.deepEqual(destinations?.toSorted(), ['chat', 'phone'])
  })

  test('an empty batch is answered with nothing', async t => {
    const { outbox } = await open(t)
    assert.deepEqual(await outbox.append(batch([]), T), [])
    assert.equal((await outbox.size()).messages, 0)
  })
}
