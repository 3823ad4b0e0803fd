import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProfile } from './dispatcher/profile.ts'
import type { Outcome } from './sinks/sink.ts'
import {
  busy,
  delivered,
  eager,
  fakeSink,
  hang,
  newMessage,
  openTestOutbox,
  startDispatcher,
  until,
} from './testing/dispatcher.ts'

const count = (length: number, prefix: string, over = {}) =>
  Array.from({ length }, (_, n) => newMessage(`${prefix}${n}`, over))

const stateOf = async ({ outbox }: Awaited<ReturnType<typeof startDispatcher>>, id: string, destination = 'phone') =>
  (await outbox.find(id))?.deliveries.find(each => each.destination === destination)

test('what is appended is sent once and recorded', async t => {
  const sink = fakeSink()
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }])
  await running.append(newMessage('m1'), newMessage('m2'))
  await until(async () => (await stateOf(running, 'm2'))?.state === 'delivered')
  assert.deepEqual(sink.sent, ['m1', 'm2'])
  assert.deepEqual((await stateOf(running, 'm1'))?.lastAnswer, '200')
  const [{ seconds, ...report } = assert.fail()] = running.reports
  assert.deepEqual(report, { destination: 'phone', type: 'fake', result: 'success', class: 'success' })
  assert.ok(seconds >= 0)
})

test('2,000 messages to five destinations arrive, each once at each', async t => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const sinks = names.map(() => fakeSink(() => new Promise(resolve => setImmediate(resolve, delivered))))
  const destinations = sinks.map((sink, n) => ({ name: names[n] ?? '', type: 'fake', sink }))
  const running = await startDispatcher(t, destinations)
  await running.append(...count(2000, 'm', { destinations: names }))
  await running.attempts(10_000)
  for (const sink of sinks) {
    assert.equal(new Set(sink.sent).size, 2000)
    assert.equal(sink.sent.length, 2000)
    assert.ok(sink.mostUnderway <= 8)
  }
})

test('a destination that hangs, and a thousand rows that fail, delay nobody else', async t => {
  const dead = fakeSink((_, signal) => hang(signal))
  const poisoned = fakeSink(id => (id.startsWith('poison') ? busy : delivered))
  const fine = fakeSink()
  const profile = createProfile({ minDelayMs: 60_000 })
  const running = await startDispatcher(
    t,
    [
      { name: 'dead', type: 'fake', sink: dead },
      { name: 'poisoned', type: 'fake', sink: poisoned, profile },
      { name: 'phone', type: 'fake', sink: fine },
    ],
    { pollMs: 60_000, drainMs: 0 },
  )
  await running.append(...count(1000, 'poison', { destinations: ['dead', 'poisoned'] }))
  await until(() => poisoned.sent.length > 100)
  await running.append(newMessage('m1'))
  await until(() => fine.sent.includes('m1'))
  assert.ok(poisoned.sent.length < 1000, 'it went before them')
  await running.append(newMessage('m2', { destinations: ['poisoned'] }))
  await until(() => poisoned.sent.includes('m2'))
  assert.equal(dead.underway, 8)
})

test('what is told about one object stays in order where a destination asks for it, and holds back nothing else', async t => {
  const answers: Outcome[] = [busy, busy]
  const sink = fakeSink(id => (id === 'a1' ? (answers.pop() ?? delivered) : delivered))
  const profile = createProfile({ minDelayMs: 60_000, maxDelayMs: 60_000, jitter: 0 })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink, ordered: true, profile }])
  const about = (name: string) => ({ subject: { kind: 'Deployment', name } })
  await running.append(newMessage('a1', about('a')), newMessage('a2', about('a')), newMessage('b1', about('b')))
  await running.attempts(2)
  await until(async () => (await stateOf(running, 'a1'))?.state === 'pending')
  running.pass(60_000)
  await running.attempts(3)
  await until(async () => (await stateOf(running, 'a1'))?.state === 'pending')
  running.pass(60_000)
  await running.attempts(5)
  assert.deepEqual(sink.sent, ['a1', 'b1', 'a1', 'a1', 'a2'])
})

test('an endpoint that always answers 403 is tried three times when three is the limit', async t => {
  const refused: Outcome = { kind: 'retry', schedule: 'configuration', class: 'auth', answer: '403' }
  const sink = fakeSink(() => refused)
  const profile = { ...eager, maxAttempts: 3 }
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink, profile }])
  await running.append(newMessage('m1'))
  await until(async () => {
    running.pass(1)
    return (await stateOf(running, 'm1'))?.state === 'dead'
  })
  assert.deepEqual(sink.sent, ['m1', 'm1', 'm1'])
  assert.equal((await stateOf(running, 'm1'))?.lastAnswer, '403 (attempt 3 was the last one)')
  assert.deepEqual(
    running.reports.map(each => `${each.result} ${each.class}`),
    ['retry auth', 'retry auth', 'error auth'],
  )
  const [health] = running.dispatcher.health()
  assert.deepEqual([health?.consecutiveFailures, health?.degraded?.reason], [3, '403'])
})

test('what took every attempt without an outcome, as when it ends the process, is given up untried', async t => {
  const sink = fakeSink()
  const outbox = await openTestOutbox(t, Date.now)
  const now = Date.now()
  await outbox.append({ messages: [newMessage('m1')], state: [] }, now)
  const borrow = (at: number) => outbox.claim([{ destination: 'phone', free: 1, ordered: false }], at, 1)
  for (const n of [1, 2, 3]) assert.equal((await borrow(now + n))[0]?.attempt, n)
  await outbox.append({ messages: [newMessage('m2')], state: [] }, now)
  const profile = { ...eager, maxAttempts: 3 }
  const options = { outbox, now: () => now + 10 }
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink, profile }], options)
  await until(async () => (await stateOf(running, 'm1'))?.state === 'dead')
  await running.attempts(1)
  assert.deepEqual(sink.sent, ['m2'])
  assert.match((await stateOf(running, 'm1'))?.lastAnswer ?? '', /^given up before attempt 4: /)
})

test('a restart neither resets the attempts nor comes early', async t => {
  const first = fakeSink(() => busy)
  const profile = createProfile({ jitter: 0 })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink: first, profile }])
  await running.append(newMessage('m1'))
  await running.attempts(1)
  await running.end()
  const { outbox, clock } = running
  const second = fakeSink(() => busy)
  const destination = { name: 'phone', type: 'fake', sink: second, profile }
  const again = await startDispatcher(t, [destination], { outbox, now: () => clock.now })
  clock.now += 4999
  again.dispatcher.wake()
  await again.append(newMessage('m2'))
  await again.attempts(1)
  assert.deepEqual(second.sent, ['m2'])
  clock.now += 1
  again.dispatcher.wake()
  await again.attempts(2)
  assert.deepEqual(second.sent, ['m2', 'm1'])
  await until(async () => (await stateOf(again, 'm1'))?.attempt === 2)
})

test('a lease lasts longer than the longest attempt, and what waited too long for its turn goes back untried', async t => {
  const slow = fakeSink((id, signal) => (id === 'm0' ? delivered : hang(signal)), {
    timeoutMs: 300_000,
    maxConcurrency: 1,
  })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink: slow }], { drainMs: 0 })
  await running.append(newMessage('m0')) // from the first outcome on more is claimed than is under way
  await running.attempts(1)
  await running.append(newMessage('m1'))
  await until(() => slow.underway === 1)
  const leased = await stateOf(running, 'm1')
  assert.ok(Number(leased?.leaseUntil) - running.clock.now >= 301_000)
  running.pass(300_500)
  await running.append(newMessage('m2'))
  await until(async () => (await stateOf(running, 'm2'))?.state === 'leased')
  assert.deepEqual(slow.sent, ['m0', 'm1'], 'one at a time, and the first one is not lent again')
})

test('outcomes that cannot be recorded are kept until they can', async t => {
  const sink = fakeSink()
  const outbox = await openTestOutbox(t, Date.now)
  let failures = 3
  const settle: typeof outbox.settle = settlements => {
    failures -= 1
    return failures >= 0 ? Promise.reject(new Error('the disk is full')) : outbox.settle(settlements)
  }
  const destinations = [{ name: 'phone', type: 'fake', sink }]
  const running = await startDispatcher(t, destinations, { outbox: { ...outbox, settle }, pollMs: 10 })
  await running.append(newMessage('m1'))
  await until(async () => (await stateOf(running, 'm1'))?.state === 'delivered')
  assert.deepEqual([sink.sent, failures], [['m1'], -1])
  assert.ok(running.lines.some(line => line.includes('the disk is full')))
})

test('news that nobody rings for is found at the next poll', async t => {
  const sink = fakeSink()
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }], { pollMs: 20 })
  await running.outbox.append({ messages: [newMessage('m1')], state: [] }, running.clock.now)
  await running.attempts(1)
})

test('a clock that leaps back for a year does not hold back what comes in', async t => {
  const sink = fakeSink()
  const running = await startDispatcher(t, [{ name: 'phone', type: 'fake', sink }], { pollMs: 20 })
  await running.append(newMessage('m1'))
  await running.attempts(1)
  running.pass(-365 * 86_400_000)
  await running.append(newMessage('m2'))
  await running.attempts(2)
})
