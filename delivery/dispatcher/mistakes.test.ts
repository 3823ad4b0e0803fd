import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delivered, eager, fakeSink, newMessage, startDispatcher, until } from '../testing/dispatcher.ts'

const stateOf = async ({ outbox }: Awaited<ReturnType<typeof startDispatcher>>, id: string) =>
  (await outbox.find(id))?.deliveries[0]

test('a sink that throws costs its message an attempt, is told, and stops nothing', async t => {
  const sink = fakeSink(id => {
    if (id === 'poison') throw new TypeError('cannot read token=s3cr3t-thrown')
    return delivered
  })
  const profile = { ...eager, maxAttempts: 2 }
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink, profile }])
  await running.append(newMessage('poison'), newMessage('m1'))
  await until(async () => {
    running.pass(1)
    return (await stateOf(running, 'poison'))?.state === 'dead'
  })
  await until(async () => (await stateOf(running, 'm1'))?.state === 'delivered')
  assert.match(
    (await stateOf(running, 'poison'))?.lastAnswer ?? '',
    /^a mistake of ours: cannot read token=\[redacted\]/,
  )
  assert.ok(running.lines.some(line => line.includes('a sink failed by a mistake of ours')))
  assert.ok(!running.lines.join().includes('s3cr3t-thrown'))
})

test('a sink that never comes back loses its place in the end', async t => {
  const sink = fakeSink(() => new Promise(() => {}), { timeoutMs: 20 })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }])
  await running.append(newMessage('m1'))
  await running.attempts(1)
  assert.equal(running.reports[0]?.class, 'internal')
  await until(async () => /did not come back within 1020 ms/.test((await stateOf(running, 'm1'))?.lastAnswer ?? ''))
})
