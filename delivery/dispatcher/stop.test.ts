import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../sinks/sink.ts'
import { delivered, fakeSink, hang, newMessage, openTestOutbox, startDispatcher, until } from '../testing/dispatcher.ts'

test('at a stop, what is under way ends, what only waits goes back at once, and sinks are closed', async t => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<Outcome>()
  const sink = fakeSink(() => answered, { maxConcurrency: 1 })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }])
  await running.append(newMessage('m1'), newMessage('m2'))
  await until(() => sink.underway === 1)
  const ended = running.end()
  await until(async () => (await running.outbox.find('m2'))?.deliveries[0]?.state === 'pending')
  answer(delivered)
  await ended
  assert.deepEqual(sink.sent, ['m1'])
  const [m1, m2] = await Promise.all(['m1', 'm2'].map(async id => (await running.outbox.find(id))?.deliveries[0]))
  assert.deepEqual([m1?.state, m2?.state, m2?.attempt], ['delivered', 'pending', 0])
  assert.equal(sink.isClosed, true)
})

test('what does not end in time is cut and given back without an attempt', async t => {
  const polite = fakeSink((_, signal) => hang(signal))
  const stubborn = fakeSink(() => new Promise(() => {}))
  const destinations = [
    { name: 'polite', type: 'fake', sink: polite },
    { name: 'stubborn', type: 'fake', sink: stubborn },
  ]
  const running = await startDispatcher(t, destinations, { drainMs: 50 })
  await running.append(newMessage('m1', { destinations: ['polite', 'stubborn'] }))
  await until(() => polite.underway + stubborn.underway === 2)
  await running.end()
  const found = await running.outbox.find('m1')
  assert.deepEqual(
    found?.deliveries.map(({ state, attempt }) => [state, attempt]),
    [
      ['pending', 0],
      ['pending', 0],
    ],
  )
  assert.deepEqual(found?.attempts, [])
})

test('a wait for a Retry-After of a day holds up no stop', async t => {
  const sink = fakeSink(() => ({
    ...{ kind: 'retry', schedule: 'normal', class: 'server', answer: '503', afterMs: 86_400_000 },
  }))
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }], { pollMs: 86_400_000 })
  await running.append(newMessage('m1'))
  await running.attempts(1)
  await running.end()
})

test('a stop while the outbox cannot be used ends all the same', async t => {
  const outbox = await openTestOutbox(t, Date.now)
  const claim = () => Promise.reject(new Error('no disk'))
  const destinations = [{ name: 'phone', type: 'fake', sink: fakeSink() }]
  const running = await startDispatcher(t, destinations, { outbox: { ...outbox, claim } })
  await until(() => running.lines.some(line => line.includes('no disk')))
  await running.end()
})
