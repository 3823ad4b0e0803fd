import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTracing } from './testing/tracing.ts'
import { inServerSpan, recordException } from './tracing.ts'

const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const traceparent = `00-${parent.traceId}-${parent.spanId}-01`
const order = { method: 'GET', route: '/orders/:id', target: '/orders/7?token=s3cr3t-query', headers: {} }
const ok = async () => 200

test('a server span continues the trace of the caller and describes the request', async t => {
  const { spans } = await startTracing(t, { ENVIRONMENT: 'nonprod', OTEL_SERVICE_NAME: 'shop' })
  const headers = { traceparent, host: 'shop.example:8443', 'user-agent': 'curl/8.5', 'x-forwarded-proto': 'https' }
  await inServerSpan({ ...order, headers, httpVersion: '1.1' }, ok)
  const [span] = await spans()
  assert.deepEqual(
    { ...span, spanId: span?.spanId.length },
    {
      traceId: parent.traceId,
      parentSpanId: parent.spanId,
      spanId: 16,
      name: 'GET /orders/:id',
      kind: 'SERVER',
      status: 'UNSET',
      events: [],
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/orders/:id',
        'http.response.status_code': 200,
        'url.path': '/orders/7',
        'url.scheme': 'https',
        'server.address': 'shop.example',
        'server.port': 8443,
        'user_agent.original': 'curl/8.5',
        'network.protocol.version': '1.1',
      },
      resource: {
        'service.name': 'shop',
        'service.version': '1.2.3',
        'deployment.environment.name': 'nonprod',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.name': 'opentelemetry',
        'telemetry.sdk.version': span?.resource['telemetry.sdk.version'],
      },
    },
  )
})

test('what clients invent names no span', async t => {
  const { spans } = await startTracing(t)
  await inServerSpan({ ...order, route: undefined }, async () => 404)
  await inServerSpan({ ...order, method: 'PROPFIND' }, async () => 405)
  await inServerSpan({ ...order, method: 'PROPFIND', route: undefined }, async () => 404)
  const found = await spans()
  assert.deepEqual(
    found.map(span => [
      span.name,
      span.attributes['http.request.method'],
      span.attributes['http.request.method_original'],
    ]),
    [
      ['GET', 'GET', undefined],
      ['HTTP /orders/:id', '_OTHER', 'PROPFIND'],
      ['HTTP', '_OTHER', 'PROPFIND'],
    ],
  )
})

test('only a 5xx is an error', async t => {
  const { spans } = await startTracing(t)
  for (const status of [200, 302, 404, 499, 500, 503]) await inServerSpan(order, async () => status)
  assert.deepEqual(
    (await spans()).map(span => [
      span.attributes['http.response.status_code'],
      span.status,
      span.attributes['error.type'],
    ]),
    [
      [200, 'UNSET', undefined],
      [302, 'UNSET', undefined],
      [404, 'UNSET', undefined],
      [499, 'UNSET', undefined],
      [500, 'ERROR', '500'],
      [503, 'ERROR', '503'],
    ],
  )
})

test('the Host header becomes address and port', async t => {
  const { spans } = await startTracing(t)
  const hosts = ['shop', 'shop:80', '[::1]', '[::1]:8080', 'shop:', 'shop:x']
  for (const host of hosts) await inServerSpan({ ...order, headers: { host } }, ok)
  assert.deepEqual(
    (await spans()).map(span => [span.attributes['server.address'], span.attributes['server.port']]),
    [
      ['shop', undefined],
      ['shop', 80],
      ['[::1]', undefined],
      ['[::1]', 8080],
      ['shop', undefined],
      ['shop', undefined],
    ],
  )
})

test('an exception is recorded without its passwords, and thrown on', async t => {
  const { spans } = await startTracing(t)
  const error = new TypeError('cannot reach postgres://app:s3cr3t-pw@db/shop')
  await assert.rejects(
    inServerSpan(order, async () => Promise.reject(error)),
    error,
  )
  await inServerSpan(order, async () => {
    recordException(error)
    return 500
  })
  const [thrown, answered] = await spans()
  assert.equal(thrown?.status, 'ERROR')
  assert.equal(thrown?.attributes['error.type'], 'TypeError')
  assert.equal(answered?.attributes['error.type'], '500')
  for (const span of [thrown, answered]) {
    const [event] = span?.events ?? []
    assert.equal(event?.name, 'exception')
    assert.equal(event.attributes['exception.type'], 'TypeError')
    assert.equal(event.attributes['exception.message'], 'cannot reach postgres://app:[redacted]@db/shop')
    assert.match(String(event.attributes['exception.stacktrace']), /server-span\.test\.ts/)
  }
  assert.equal(JSON.stringify([thrown, answered]).includes('s3cr3t-'), false)
})

test('a header that is no traceparent starts a new trace', async t => {
  const { spans } = await startTracing(t)
  for (const broken of [
    '',
    'nonsense',
    `ff-${parent.traceId}-${parent.spanId}-01`,
    `00-${'0'.repeat(32)}-${parent.spanId}-01`,
  ]) {
    await inServerSpan({ ...order, headers: { traceparent: broken } }, ok)
  }
  const found = await spans()
  assert.deepEqual(
    found.map(span => span.parentSpanId),
    ['', '', '', ''],
  )
  assert.equal(new Set(found.map(span => span.traceId)).size, 4)
})
