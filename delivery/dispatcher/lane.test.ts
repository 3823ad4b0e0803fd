import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Settlement } from '../outbox/outbox.ts'
import type { Outcome } from '../sinks/sink.ts'
import { busy, delivered, fakeSink, until } from '../testing/dispatcher.ts'
import { sampleMessage, sinkTools, T } from '../testing/sink.ts'
import type { Destination } from './destination.ts'
import { createLane } from './lane.ts'

const claim = (id: string) => ({
  claim: { message: sampleMessage({ id }), destination: 'phone', attempt: 1, token: `token-${id}` },
  startBefore: Number.POSITIVE_INFINITY,
})

function laneOf(t: TestContext, sink: Destination['sink'], over: Partial<Destination> = {}, hooks = {}) {
  const settled: Settlement[] = []
  const { log, lines } = sinkTools()
  const hardStop = new AbortController()
  t.after(() => hardStop.abort())
  const tools = { log, now: () => T, random: () => 0.5, hardStop: hardStop.signal, hooks, onGone() {} }
  const onSettlement = (settlement: Settlement) => void settled.push(settlement)
  const lane = createLane({ name: 'phone', type: 'fake', sink, ...over }, { ...tools, onSettlement })
  return { lane, settled, lines, shown: () => settled.map(each => `${each.messageId} ${each.kind}`) }
}

test('what has too little of its lease left for a whole attempt goes back untried', async t => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<Outcome>()
  const sink = fakeSink(() => answered)
  const { lane, shown } = laneOf(t, sink, { concurrency: 1 })
  lane.take([claim('m1'), { ...claim('m2'), startBefore: performance.now() - 1 }, claim('m3')])
  assert.deepEqual([sink.sent, shown()], [['m1'], []])
  answer(delivered)
  await until(() => sink.sent.length === 2)
  assert.deepEqual(sink.sent, ['m1', 'm3'])
  assert.deepEqual(shown().slice(0, 2), ['m1 delivered', 'm2 released'])
})

test('a lane claims a batch ahead while all is well, and only its free places at first and after a failure', async t => {
  const answers = [busy, delivered, busy]
  const { lane, shown } = laneOf(
    t,
    fakeSink(() => answers.shift() ?? delivered),
  )
  const free = () => lane.capacity(64)?.free
  assert.equal(free(), 8)
  for (const [id, expected] of [
    ['m1', 8],
    ['m2', 64],
    ['m3', 8],
  ] as const) {
    const ended = shown().length + 1
    lane.take([claim(id)])
    await until(() => shown().length === ended)
    assert.equal(free(), expected, id)
  }
})

test('a lane with enough waiting asks for no more', t => {
  const { lane } = laneOf(
    t,
    fakeSink(() => new Promise(() => {})),
    { concurrency: 2 },
  )
  lane.take(Array.from({ length: 34 }, (_, n) => claim(`m${n}`)))
  assert.equal(lane.capacity(64), undefined)
  assert.equal(lane.countUnderway(), 2)
})

test("a sink's own limit of connections holds whatever is configured", t => {
  const { lane } = laneOf(
    t,
    fakeSink(() => new Promise(() => {}), { maxConcurrency: 2 }),
    { concurrency: 50 },
  )
  lane.take(Array.from({ length: 10 }, (_, n) => claim(`m${n}`)))
  assert.equal(lane.countUnderway(), 2)
})

test('a hook that throws costs no outcome', async t => {
  const hooks = {
    onAttempt() {
      throw new Error('no such label')
    },
  }
  const { lane, shown, lines } = laneOf(t, fakeSink(), {}, hooks)
  lane.take([claim('m1'), claim('m2')])
  await until(() => lines.filter(line => line.includes('no such label')).length === 2)
  assert.deepEqual(shown(), ['m1 delivered', 'm2 delivered'])
})

test('of a row of retries the 1st, 2nd, 4th and 8th are logged', async t => {
  const { lane, shown, lines } = laneOf(
    t,
    fakeSink(() => busy),
    { concurrency: 1 },
  )
  lane.take(Array.from({ length: 10 }, (_, n) => claim(`m${n}`)))
  await until(() => shown().length === 10)
  const retries = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'message will be tried again')
  assert.deepEqual(
    retries.map(({ failures }) => failures),
    [1, 2, 4, 8],
  )
})
