import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gauge } from 'prom-client'
import { createMetrics } from './metrics.ts'
import { startService } from './testing/service.ts'

const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }
const build = { version: '1.2.3', revision: 'abc' }

test('requests are counted with the status that was sent, by route pattern', async t => {
  const { url } = await startService(t)
  await fetch(url)
  await fetch(`${url}/unknown-1`)
  await fetch(`${url}/unknown-2`)
  const text = await (await fetch(`${url}/metrics`)).text()
  assert.match(text, /^http_requests_total\{handler="\/",method="GET",status="200"\} 1$/m)
  assert.match(text, /^http_requests_total\{handler="unmatched",method="GET",status="404"\} 2$/m)
  assert.match(text, /^http_request_duration_seconds_count\{handler="\/",method="GET"\} 1$/m)
  assert.match(text, /^promhttp_metric_handler_errors_total\{cause="gathering"\} 0$/m)
})

test('a client that leaves before the answer is counted as 499', async t => {
  const { url, app, metrics } = await startService(t)
  const asked = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  app.get('/never', async c => {
    c.env.outgoing?.on('close', left.resolve)
    asked.resolve()
    await left.promise
    return c.text('nobody hears this')
  })
  const client = new AbortController()
  const answer = fetch(`${url}/never`, { signal: client.signal })
  await asked.promise
  client.abort()
  await assert.rejects(answer, { name: 'AbortError' })
  await left.promise
  const { body } = await metrics.scrape(undefined)
  assert.match(body, /http_requests_total\{handler="\/never",method="GET",status="499"\} 1/)
})

test('both formats are right, whichever is asked for first', async () => {
  const metrics = createMetrics(build)
  metrics.requestEnded('/', 'GET', 200, 0.45, trace)
  for (const accept of [openMetrics, undefined, openMetrics, 'text/plain']) {
    const { body, contentType } = await metrics.scrape(accept)
    if (accept === openMetrics) {
      assert.match(contentType, /^application\/openmetrics-text; version=1\.0\.0/)
      assert.match(body, /^# TYPE http_requests counter$/m)
      assert.match(
        body,
        /_bucket\{le="0\.5",handler="\/",method="GET"\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"\} 0\.45/,
      )
      assert.match(body, /# EOF\n$/)
    } else {
      assert.match(contentType, /^text\/plain; version=0\.0\.4/)
      assert.match(body, /^# HELP http_requests_total .+\n# TYPE http_requests_total counter\nhttp_requests_total\{/m)
      assert.match(body, /_bucket\{le="0\.5",handler="\/",method="GET"\} 1$/m)
      assert.doesNotMatch(body, /trace_id|# EOF/)
    }
  }
})

test('the build, the event loop, the heap and the pool can be read', async () => {
  const metrics = createMetrics(build)
  metrics.watchPool(() => ({ size: 10, inUse: 3, waiting: 2 }))
  metrics.flagEvaluated({ flag: 'tracing_enabled', reason: 'ERROR', errorCode: 'TYPE_MISMATCH' })
  const { body } = await metrics.scrape(undefined)
  for (const line of [
    `build_info{version="1.2.3",revision="abc",node="${process.version}"} 1`,
    'database_pool_connections 10',
    'database_pool_in_use 3',
    'database_pool_waiting 2',
    'feature_flag_evaluations_total{flag="tracing_enabled",reason="ERROR"} 1',
    'feature_flag_evaluation_errors_total{flag="tracing_enabled",code="TYPE_MISMATCH"} 1',
  ]) {
    assert.ok(body.split('\n').includes(line), `missing: ${line}`)
  }
  for (const name of [
    'nodejs_eventloop_utilization_ratio',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_heap_size_used_bytes',
  ]) {
    assert.match(body, new RegExp(`^${name} [\\d.e+-]+$`, 'm'))
  }
  assert.match(body, /^# TYPE nodejs_gc_duration_seconds histogram$/m)
})

test('a collector that throws makes the scrape a 500 and is counted', async t => {
  const { url, metrics } = await startService(t)
  let broken = true
  new Gauge({
    name: 'sometimes_broken',
    help: 'throws on demand',
    registers: [metrics.registry],
    collect() {
      if (broken) throw new Error('no reading')
    },
  })
  const failed = await fetch(`${url}/metrics`)
  assert.equal(failed.status, 500)
  assert.deepEqual(await failed.json(), { title: 'a metrics collector failed', status: 500 })
  broken = false
  const text = await (await fetch(`${url}/metrics`)).text()
  assert.match(text, /^promhttp_metric_handler_errors_total\{cause="gathering"\} 1$/m)
})

test('with metrics off the endpoint answers 404 with a sentence and nothing is counted', async t => {
  const { url, metrics } = await startService(t, { ENABLE_METRICS: 'false' })
  await fetch(url)
  const answer = await fetch(`${url}/metrics`)
  assert.equal(answer.status, 404)
  assert.match(await answer.text(), /metrics are off: the flag metrics_enabled/)
  assert.doesNotMatch((await metrics.scrape(undefined)).body, /^http_requests_total\{/m)
})
