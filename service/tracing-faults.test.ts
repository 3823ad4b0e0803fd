import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { startTracing } from './testing/tracing.ts'
import { inServerSpan } from './tracing.ts'

const request = { method: 'GET', route: '/orders', target: '/orders', headers: {} }
const BATCH = 512 // spans that make the SDK export at once
const QUEUE = 8192

async function serve(count: number): Promise<number> {
  let served = 0
  for (let each = 0; each < count; each++) {
    await inServerSpan(request, async () => {
      served += 1
      return 200
    })
  }
  return served
}

before(() => {
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '200' // ms; the exporter reads it, and tries again within it
})

const TROUBLE = 'tracing has trouble; spans may be lost'
const UNSENT = 'the last spans were not sent'

test('a collector that is down costs no request, and two warnings', async t => {
  const { tracing, collector, lines, line } = await startTracing(t)
  await collector.stop()
  assert.equal(await serve(BATCH), BATCH)
  const { level, detail } = await line(TROUBLE)
  assert.equal(level, 'warn')
  assert.match(String(detail), /ECONNREFUSED/)
  assert.equal(await serve(3 * BATCH), 3 * BATCH) // without waiting for any I/O, so that some are left for the shutdown
  await tracing.shutdown(20_000)
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    [TROUBLE, UNSENT],
  )
})

test('a collector that answers 500 loses what it refused and nothing after that', async t => {
  const { collector, spans, line } = await startTracing(t)
  collector.mode = 'error'
  assert.equal(await serve(BATCH), BATCH)
  await line(TROUBLE)
  collector.mode = 'ok'
  assert.equal(await serve(10), 10)
  assert.equal((await spans()).length, 10)
  assert.equal(collector.requests.length, 2)
})

test('a collector that never answers fills a queue of a fixed size, then spans are dropped and counted', async t => {
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '60000'
  const { collector, spans, lines } = await startTracing(t)
  collector.mode = 'hang'
  const tooMany = 1000
  assert.equal(await serve(BATCH + QUEUE + tooMany), BATCH + QUEUE + tooMany)
  await collector.waitFor(() => collector.requests.length === 1)
  collector.mode = 'ok'
  collector.release()
  await collector.waitFor(BATCH + QUEUE)
  await serve(1)
  assert.equal((await spans()).length, BATCH + QUEUE + 1)
  assert.deepEqual(
    lines.map(({ msg, detail }) => [msg, detail]),
    [[TROUBLE, `Dropped ${tooMany} spans because maxQueueSize reached`]],
  )
})

// The SDK alone would wait a minute.
test('a shutdown waits for a collector that never answers as long as it was told', { timeout: 20_000 }, async t => {
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '60000'
  const { tracing, collector, lines } = await startTracing(t)
  collector.mode = 'hang'
  await serve(10)
  await tracing.shutdown(100)
  await collector.waitFor(() => collector.requests.length === 1)
  assert.deepEqual(
    lines.map(({ msg, level }) => [level, msg]),
    [['warn', UNSENT]],
  )
})

test('a shutdown sends what still waits, more than one batch of it', async t => {
  const { collector, spans } = await startTracing(t)
  collector.mode = 'hang'
  await serve(3 * BATCH + 7)
  await collector.waitFor(() => collector.requests.length === 1)
  const sent = spans()
  await collector.waitFor(() => collector.requests.length === 4)
  collector.mode = 'ok'
  collector.release()
  assert.equal((await sent).length, 3 * BATCH + 7)
})
