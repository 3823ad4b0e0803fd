import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTracing } from './testing/tracing.ts'
import { inQuerySpan, inServerSpan } from './tracing.ts'

const request = { method: 'GET', route: '/orders', target: '/orders', headers: {} }

test('a query is a child of the request that asks', async t => {
  const { spans } = await startTracing(t)
  await inServerSpan(request, async () => inQuerySpan({ summary: 'SELECT orders' }, async () => 200))
  const [query, server] = await spans()
  assert.deepEqual(
    {
      name: query?.name,
      kind: query?.kind,
      parent: query?.parentSpanId,
      trace: query?.traceId,
      attributes: query?.attributes,
    },
    {
      name: 'SELECT orders',
      kind: 'CLIENT',
      parent: server?.spanId,
      trace: server?.traceId,
      attributes: {
        'db.system.name': 'postgresql',
        'db.query.summary': 'SELECT orders',
        'db.operation.name': 'SELECT',
      },
    },
  )
})

test('a failed query tells its SQLSTATE and nothing of its values', async t => {
  const { spans } = await startTracing(t)
  const refused = Object.assign(new Error('invalid input syntax for type integer: "s3cr3t-value"'), { code: '22P02' })
  const cut = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  for (const error of [refused, cut]) {
    const run = () =>
      inServerSpan(request, async () =>
        inQuerySpan({ summary: 'INSERT orders' }, () => Promise.reject(error)).catch(() => 500),
      )
    await run()
  }
  const queries = (await spans()).filter(span => span.kind === 'CLIENT')
  assert.deepEqual(
    queries.map(span => [
      span.status,
      span.attributes['error.type'],
      span.attributes['db.response.status_code'],
      span.events,
    ]),
    [
      ['ERROR', '22P02', '22P02', []],
      ['ERROR', 'Error', undefined, []],
    ],
  )
  assert.equal(JSON.stringify(queries).includes('s3cr3t-'), false)
})

test('outside a recorded request a query runs without a span, its result and error untouched', async t => {
  const { spans } = await startTracing(t)
  const error = new Error('refused')
  assert.equal(await inQuerySpan({ summary: 'SELECT orders' }, async () => 7), 7)
  await assert.rejects(
    inQuerySpan({ summary: 'SELECT orders' }, () => Promise.reject(error)),
    error,
  )
  const unsampled = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' }
  await inServerSpan({ ...request, headers: unsampled }, async () =>
    inQuerySpan({ summary: 'SELECT orders' }, async () => 200),
  )
  assert.deepEqual(await spans(), [])
})
