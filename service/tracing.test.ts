import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from './config.ts'
import { startCollector } from './testing/collector.ts'
import { keepLog, startTracing } from './testing/tracing.ts'
import { activeTrace, createTracing, inQuerySpan, inServerSpan, isTraceSampled } from './tracing.ts'

const request = { method: 'GET', route: '/orders', target: '/orders', headers: {} }

// The ratio samplers compare the XOR of the four parts of the trace id with the ratio.
const low = '00000000000000000000000000000001'
const high = 'ffffffff000000000000000000000000'
const from = (traceId: string, flags: string) => ({ traceparent: `00-${traceId}-b7ad6b7169203331-${flags}` })

const samplers: [sampler: string, arg: string, caller: Record<string, string>, isRecorded: boolean][] = [
  ['always_on', '0', {}, true],
  ['always_on', '0', from(low, '00'), true],
  ['always_off', '1', {}, false],
  ['always_off', '1', from(low, '01'), false],
  ['traceidratio', '0', {}, false],
  ['traceidratio', '1', {}, true],
  ['traceidratio', '0.5', from(low, '00'), true],
  ['traceidratio', '0.5', from(high, '01'), false],
  ['parentbased_always_on', '0', {}, true],
  ['parentbased_always_on', '0', from(low, '00'), false],
  ['parentbased_always_off', '1', {}, false],
  ['parentbased_always_off', '1', from(low, '01'), true],
  ['parentbased_traceidratio', '0', {}, false],
  ['parentbased_traceidratio', '1', {}, true],
  ['parentbased_traceidratio', '0', from(low, '01'), true],
  ['parentbased_traceidratio', '1', from(low, '00'), false],
]
for (const [sampler, arg, caller, isRecorded] of samplers) {
  const parent = caller.traceparent ? `a caller's ${caller.traceparent.slice(-2)}` : 'no caller'
  test(`${sampler} ${arg} with ${parent} ${isRecorded ? 'records' : 'does not record'}`, async t => {
    const { spans } = await startTracing(t, { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg })
    let sampled: boolean | undefined
    await inServerSpan({ ...request, headers: caller }, async () => {
      sampled = isTraceSampled()
      return 200
    })
    assert.deepEqual([sampled, (await spans()).length], [isRecorded, isRecorded ? 1 : 0])
  })
}

for (const slash of ['', '/', '/otlp', '/otlp/']) {
  test(`the endpoint "${slash}" is the base of v1/traces`, async t => {
    const collector = await startCollector(t)
    const { spans } = await startTracing(t, { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}${slash}` })
    await inServerSpan(request, async () => 200)
    await spans()
    assert.deepEqual(
      collector.requests.map(({ path, headers }) => [path, headers['content-type']]),
      [[`${slash.replace(/\/$/, '')}/v1/traces`, 'application/x-protobuf']],
    )
  })
}

test('200 requests at once each have a trace of their own, none lost or mixed', async t => {
  const { spans, log, lines } = await startTracing(t)
  const serve = (each: number) =>
    inServerSpan({ ...request, target: `/orders/${each}` }, async () => {
      await inQuerySpan({ summary: 'SELECT orders' }, () => new Promise(resolve => setImmediate(resolve)))
      await inQuerySpan({ summary: 'UPDATE orders' }, async () => {})
      log.info({ each }, 'served')
      return 200
    })
  await Promise.all(Array.from({ length: 200 }, (_, each) => serve(each)))
  const found = await spans()
  const servers = found.filter(span => span.kind === 'SERVER')
  assert.deepEqual([found.length, servers.length, new Set(found.map(span => span.traceId)).size], [600, 200, 200])
  for (const server of servers) {
    const queries = found.filter(span => span.traceId === server.traceId && span.parentSpanId === server.spanId)
    assert.deepEqual(queries.map(span => span.name).sort(), ['SELECT orders', 'UPDATE orders'])
    const line = lines.find(({ each }) => server.attributes['url.path'] === `/orders/${each}`)
    assert.deepEqual([line?.trace_id, line?.span_id], [server.traceId, server.spanId])
  }
})

test('outside a request there is no trace, and a log line has no ids', async t => {
  const { log, lines } = await startTracing(t)
  log.info('idle')
  assert.equal(activeTrace(), undefined)
  assert.equal(isTraceSampled(), false)
  assert.deepEqual(Object.keys(lines[0] ?? {}), ['level', 'time', 'service', 'msg'])
})

test('before the start and after the shutdown requests are served untraced', async t => {
  const collector = await startCollector(t)
  const config = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  const tracing = createTracing({ config, ...keepLog() })
  const seen: unknown[] = []
  const serve = () =>
    inServerSpan(request, async () => {
      seen.push([tracing.started, activeTrace() !== undefined])
      return 200
    })
  await serve()
  tracing.start()
  tracing.start()
  await tracing.ready()
  await serve()
  await tracing.shutdown(20_000)
  tracing.start()
  await serve()
  assert.deepEqual(seen, [
    [false, false],
    [true, true],
    [false, false],
  ])
  assert.equal(collector.spans.length, 1)
})
