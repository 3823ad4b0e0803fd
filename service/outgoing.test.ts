import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createFetch } from './outgoing.ts'
import { startTracing } from './testing/tracing.ts'
import { inServerSpan } from './tracing.ts'

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331'
const request = { method: 'GET', route: '/orders', target: '/orders', headers: {} }
const outgoing = createFetch({ timeoutMs: 20_000 })

/** Another service, which remembers the headers of what it was asked. */
async function startOther(t: TestContext, listener: RequestListener = (_request, response) => response.end('fine')) {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    listener(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen } // listening on TCP
}

test('the trace, its state, its baggage and the request id reach the other service', async t => {
  const { spans } = await startTracing(t)
  const other = await startOther(t)
  const headers = { traceparent: `${parent}-01`, tracestate: 'vendor=1', baggage: 'tenant=blue' }
  await inServerSpan({ ...request, headers }, async () => {
    const response = await outgoing(`${other.url}/stock?token=s3cr3t-query`, {
      requestId: 'request-1',
      headers: { accept: 'text/plain' },
    })
    assert.equal(await response.text(), 'fine')
    return response.status
  })
  const [client, server] = await spans()
  const [seen] = other.seen
  assert.equal(seen?.traceparent, `00-0af7651916cd43dd8448eb211c80319c-${client?.spanId}-01`)
  assert.deepEqual(
    [seen.tracestate, seen.baggage, seen['x-request-id'], seen.accept],
    ['vendor=1', 'tenant=blue', 'request-1', 'text/plain'],
  )
  const { hostname, port } = new URL(other.url)
  assert.deepEqual(
    {
      name: client?.name,
      kind: client?.kind,
      status: client?.status,
      parent: client?.parentSpanId,
      attributes: client?.attributes,
    },
    {
      name: 'GET',
      kind: 'CLIENT',
      status: 'UNSET',
      parent: server?.spanId,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'server.address': hostname,
        'server.port': Number(port),
        'url.full': `${other.url}/stock`,
      },
    },
  )
})

test('the decision not to record travels, too', async t => {
  const { spans } = await startTracing(t)
  const other = await startOther(t)
  await inServerSpan(
    { ...request, headers: { traceparent: `${parent}-00` } },
    async () => (await outgoing(other.url)).status,
  )
  assert.match(String(other.seen[0]?.traceparent), /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/)
  assert.deepEqual(await spans(), [])
})

test('outside a traced request nothing but the request id is added', async t => {
  const { spans } = await startTracing(t)
  const other = await startOther(t)
  await outgoing(new URL(other.url), { requestId: 'request-2' })
  assert.equal(other.seen[0]?.['x-request-id'], 'request-2')
  assert.equal(other.seen[0]?.traceparent, undefined)
  assert.deepEqual(await spans(), [])
})

test('an answer of 400 or above is an error of the client span, and still the answer', async t => {
  const { spans } = await startTracing(t)
  const other = await startOther(t, (_request, response) => response.writeHead(404).end())
  await inServerSpan(request, async () => (await outgoing(other.url, { method: 'post' })).status)
  const [client] = await spans()
  assert.deepEqual([client?.name, client?.status, client?.attributes['error.type']], ['POST', 'ERROR', '404'])
})

test('a service that does not answer costs the timeout and no more', async t => {
  const { spans } = await startTracing(t)
  const other = await startOther(t, () => {})
  await inServerSpan(request, async () => {
    await assert.rejects(createFetch({ timeoutMs: 50 })(other.url), { name: 'TimeoutError' })
    return 200
  })
  const [client] = await spans()
  assert.deepEqual([client?.status, client?.attributes['error.type']], ['ERROR', 'TimeoutError'])
})

test("the caller's own signal ends a call as well", async t => {
  const other = await startOther(t, () => {})
  await assert.rejects(outgoing(other.url, { signal: AbortSignal.abort() }), { name: 'AbortError' })
})
