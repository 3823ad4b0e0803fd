import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../sinks/sink.ts'
import {
  busy,
  delivered,
  eager,
  fakeSink,
  newMessage,
  openTestOutbox,
  startDispatcher,
  until,
} from '../testing/dispatcher.ts'

const gone: Outcome = { kind: 'gone', class: 'gone', answer: '410: moved away' }

test('410 pauses the destination and parks what it has; a resume sends all of it', async t => {
  let isGone = true
  const sink = fakeSink(() => (isGone ? gone : delivered))
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink, concurrency: 1 }])
  const { outbox, clock, dispatcher } = running
  await running.append(...['m1', 'm2', 'm3'].map(id => newMessage(id)))
  await until(async () => (await outbox.paused()).length === 1)
  assert.deepEqual(await outbox.paused(), [{ destination: 'phone', reason: 'gone: 410: moved away', since: clock.now }])
  await until(async () => (await outbox.list({ state: 'parked' })).length === 3)
  assert.deepEqual(sink.sent, ['m1'])
  assert.ok(running.lines.some(line => line.includes('destination is gone (410)')))
  assert.equal(dispatcher.health()[0]?.degraded?.class, 'gone')
  isGone = false
  await outbox.resume('phone', clock.now)
  dispatcher.wake()
  await running.attempts(4)
  assert.deepEqual(sink.sent.toSorted(), ['m1', 'm1', 'm2', 'm3'])
  assert.equal(dispatcher.health()[0]?.degraded, undefined)
})

test('what waits for a destination that is taken out is parked, and sent when it comes back', async t => {
  const first = fakeSink(() => busy)
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink: first, profile: eager }])
  const { outbox, dispatcher } = running
  await running.append(newMessage('m1'))
  await running.attempts(1)
  dispatcher.update([])
  await until(async () => (await outbox.list({ state: 'parked' })).length === 1)
  assert.deepEqual([first.isClosed, dispatcher.health()], [true, []])
  const second = fakeSink()
  dispatcher.update([{ name: 'phone', type: 'fake', sink: second }])
  await until(async () => {
    running.pass(1)
    return second.sent.length === 1
  })
  await until(async () => (await outbox.list({ state: 'delivered' })).length === 1)
})

test('a pause by hand is not lifted by a reload', async t => {
  const sink = fakeSink()
  const running = await startDispatcher(t, [])
  await running.outbox.pause('phone', 'for the night', running.clock.now)
  await running.append(newMessage('m1'), newMessage('m2', { destinations: ['chat'] }))
  const chat = fakeSink()
  running.dispatcher.update([
    { name: 'phone', type: 'fake', sink },
    { name: 'chat', type: 'fake', sink: chat },
  ])
  await running.attempts(1)
  assert.deepEqual([sink.sent, chat.sent], [[], ['m2']])
})

test('a reload sends what comes next through the new sink and closes the old one when it has ended', async t => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<Outcome>()
  const first = fakeSink(() => answered)
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink: first }])
  await running.append(newMessage('m1'))
  await until(() => first.underway === 1)
  const second = fakeSink()
  running.dispatcher.update([{ name: 'phone', type: 'fake', sink: second }])
  await running.append(newMessage('m2'))
  await running.attempts(1)
  assert.deepEqual([second.sent, first.isClosed], [['m2'], false])
  answer(delivered)
  await until(() => first.isClosed)
  await until(async () => (await running.outbox.list({ state: 'delivered' })).length === 2)
  assert.equal(second.isClosed, false)
})

test('a reload that keeps a sink does not close it', async t => {
  const sink = fakeSink()
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }])
  running.dispatcher.update([{ name: 'phone', type: 'fake', sink, concurrency: 1 }])
  await running.append(newMessage('m1'))
  await running.attempts(1)
  assert.equal(sink.isClosed, false)
})

test('a destination that cannot work as configured is degraded from the start', async t => {
  const sink = fakeSink(undefined, { problem: 'url: is missing' })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }])
  const [health] = running.dispatcher.health()
  assert.deepEqual(health?.degraded, { reason: 'url: is missing', class: 'address', since: running.clock.now })
})

test('what was claimed while its destination was taken out goes back untried', async t => {
  const outbox = await openTestOutbox(t, Date.now)
  const sink = fakeSink()
  let takeOut = () => {}
  const claim: typeof outbox.claim = async (...args) => {
    const claims = await outbox.claim(...args)
    if (claims.length > 0) takeOut()
    return claims
  }
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }], { outbox: { ...outbox, claim } })
  takeOut = () => running.dispatcher.update([])
  await running.append(newMessage('m1'))
  await until(async () => (await outbox.list({ state: 'parked' })).length === 1)
  const found = await outbox.find('m1')
  assert.deepEqual([found?.deliveries[0]?.attempt, found?.attempts, sink.sent], [0, [], []])
})
