import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { clientOf } from '../testing/http-client.ts'
import { answer, breakOff, endless, neverAnswer, reset, stall, startSinkServer } from '../testing/sink-server.ts'

test('a request arrives as it was given, with the length and the host', async t => {
  const server = await startSinkServer(t)
  server.behave(answer(201, 'made', { 'x-quota': '5' }))
  const result = await clientOf(t, { url: `${server.url}/in?a=b` }).send()
  assert.ok(result.kind === 'answered')
  const { status, body, complete, headers } = result
  assert.deepEqual([status, body, complete, headers['x-quota']], [201, 'made', true, '5'])
  const [{ method, path, headers: sent, body: bytes } = assert.fail()] = server.received
  assert.deepEqual([method, path, String(bytes)], ['POST', '/in?a=b', '{"a":1}'])
  assert.deepEqual(
    [sent.host, sent['x-a'], sent['content-length'], sent['user-agent'], sent['transfer-encoding']],
    [`127.0.0.1:${server.port}`, 'b', '7', 'fairlead', undefined],
  )
})

test('10,000 deliveries with long bodies use no more connections than are allowed at a time', async t => {
  const server = await startSinkServer(t)
  server.behave(answer(200, 'x'.repeat(4000)))
  const client = clientOf(t, { url: server.url })
  const worker = async () => {
    for (let n = 0; n < 1250; n += 1) assert.equal((await client.send()).kind, 'answered')
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  assert.equal(server.received.length, 10_000)
  assert.ok(server.connections.opened <= 8, `${server.connections.opened} connections`)
})

test('an endless body costs its connection and nothing else', async t => {
  const server = await startSinkServer(t)
  server.behave(endless(500))
  const client = clientOf(t, { url: server.url })
  for (let n = 1; n <= 20; n += 1) {
    const result = await client.send()
    assert.ok(result.kind === 'answered' && !result.complete)
    assert.deepEqual([result.status, result.body.length], [500, 16_384])
  }
  server.behave(answer(200))
  assert.equal((await client.send()).kind, 'answered')
})

test('16 KiB are read whole, one byte more is cut', async t => {
  const server = await startSinkServer(t)
  for (const [size, complete] of [
    [16_384, true],
    [16_385, false],
  ] as const) {
    server.behave(answer(200, 'x'.repeat(size)))
    const result = await clientOf(t, { url: server.url }).send()
    assert.ok(result.kind === 'answered')
    assert.deepEqual([result.body.length, result.complete], [16_384, complete])
  }
})

test('a body that stalls or breaks off leaves the status standing', async t => {
  const server = await startSinkServer(t)
  for (const behaviour of [stall(200), breakOff(200)]) {
    server.behave(behaviour)
    const result = await clientOf(t, { url: server.url, timeoutMs: 300 }).send()
    assert.ok(result.kind === 'answered')
    assert.deepEqual([result.status, result.body, result.complete], [200, 'some', false])
  }
})

test('no answer within the timeout is a timeout', async t => {
  const server = await startSinkServer(t)
  server.behave(neverAnswer)
  const result = await clientOf(t, { url: server.url, timeoutMs: 100 }).send()
  assert.deepEqual(result, { kind: 'failed', class: 'timeout', reason: 'no answer within 100 ms', wasStale: false })
})

test('a connection that is not made in its time is a timeout', async t => {
  // It accepts and says nothing: TLS never begins.
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await new Promise(resolve => silent.once('listening', resolve))
  const { port } = silent.address() as AddressInfo // it listens on TCP
  t.after(() => silent.close())
  const client = clientOf(t, { url: `https://127.0.0.1:${port}`, connectTimeoutMs: 100 })
  const result = await client.send()
  assert.deepEqual(result.kind === 'failed' && [result.class, result.reason], [
    'timeout',
    'no connection within 100 ms',
  ])
})

test('a name that is never resolved counts as a connection that is not made', async t => {
  const client = clientOf(t, { url: 'http://sink.test', connectTimeoutMs: 100 }, () => new Promise(() => {}))
  const result = await client.send()
  assert.deepEqual(result.kind === 'failed' && result.class, 'timeout')
})

test('refused, reset and unknown names are failures of the network', async t => {
  const server = await startSinkServer(t)
  server.behave(reset)
  const unknown = async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND sink.test'), { code: 'ENOTFOUND' })
  }
  for (const client of [
    clientOf(t, { url: server.url }),
    clientOf(t, { url: 'http://127.0.0.1:1' }),
    clientOf(t, { url: 'http://sink.test' }, unknown),
  ]) {
    const result = await client.send()
    assert.equal(result.kind === 'failed' && result.class, 'network')
    assert.match(result.kind === 'failed' ? result.reason : '', /ECONNRESET|ECONNREFUSED|ENOTFOUND/)
  }
})

test('a server that switches protocols, or speaks none, gives no answer', async t => {
  for (const text of [
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    'hello\r\n\r\n',
    '',
  ]) {
    const strange = createServer(socket => socket.once('data', () => socket.end(text))).listen(0, '127.0.0.1')
    await new Promise(resolve => strange.once('listening', resolve))
    const { port } = strange.address() as AddressInfo // it listens on TCP
    t.after(() => strange.close())
    const result = await clientOf(t, { url: `http://127.0.0.1:${port}` }).send()
    assert.equal(result.kind === 'failed' && result.class, 'network', text)
  }
})

test('a kept connection that the server closed is dialled again, once, unseen', async t => {
  const server = await startSinkServer(t)
  const client = clientOf(t, { url: server.url, concurrency: 1 })
  await client.send()
  server.behave(reset, answer(200))
  assert.equal((await client.send()).kind, 'answered')
  server.behave(reset)
  assert.equal((await client.send()).kind, 'failed', 'a new connection that is reset is a failure')
})

test('the signal ends a request', async t => {
  const server = await startSinkServer(t)
  server.behave(neverAnswer)
  const stop = new AbortController()
  const sending = clientOf(t, { url: server.url }).send(stop.signal)
  await server.receivedAtLeast(1)
  stop.abort()
  assert.deepEqual(await sending, { kind: 'failed', class: 'network', reason: 'stopped', wasStale: false })
  assert.equal((await clientOf(t, { url: server.url }).send(AbortSignal.abort())).kind, 'failed')
})

test('a redirect is an answer, not a way', async t => {
  const server = await startSinkServer(t)
  server.behave(answer(302, '', { location: 'http://169.254.169.254/latest/meta-data/' }))
  const result = await clientOf(t, { url: server.url }).send()
  assert.equal(result.kind === 'answered' && result.status, 302)
  assert.equal(server.received.length, 1)
})
