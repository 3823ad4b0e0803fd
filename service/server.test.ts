import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { listen } from '../lib/http-server.ts'
import { startService } from './testing/service.ts'

/** A raw connection, because these clients do what fetch refuses to do. */
async function open(t: TestContext, port: number) {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Everything the server says until it closes the connection. */
async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

test('headers beyond the limit answer 431', async t => {
  const { port } = await startService(t)
  const socket = await open(t, port)
  socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(17_000)}\r\n\r\n`)
  const answer = await answerOf(socket)
  assert.match(answer, /^HTTP\/1\.1 431 /)
  assert.match(answer, /\{"title":"request header fields too large","status":431\}$/)
})

test('what is no HTTP answers 400 as a problem', async t => {
  const { port } = await startService(t)
  const socket = await open(t, port)
  socket.write('HELLO\r\n\r\n')
  assert.match(await answerOf(socket), /^HTTP\/1\.1 400 [\s\S]+\{"title":"bad request","status":400\}$/)
})

test('a host that no URL can hold answers 400', async t => {
  const { port } = await startService(t)
  const socket = await open(t, port)
  socket.write('GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n')
  assert.match(await answerOf(socket), /^HTTP\/1\.1 400 /)
})

test('headers that come too slowly are answered 408 and the connection closed', async t => {
  const { port } = await startService(t, { REQUEST_TIMEOUT_MS: '1000' })
  const socket = await open(t, port)
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n') // and never the empty line
  assert.match(await answerOf(socket), /^HTTP\/1\.1 408 /)
})

test('a body that comes too slowly ends with the request timeout', async t => {
  const { port } = await startService(t, { REQUEST_TIMEOUT_MS: '1000' })
  const socket = await open(t, port)
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{')
  const answer = await answerOf(socket)
  assert.doesNotMatch(answer, /^HTTP\/1\.1 2/)
})

test('a body beyond BODY_LIMIT_BYTES answers 413, announced or not; one at the limit is read', async t => {
  const { url, app } = await startService(t, { BODY_LIMIT_BYTES: '100' })
  app.post('/echo', async c => c.text(String((await c.req.text()).length)))
  const post = (body: string | ReadableStream) =>
    fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' } as RequestInit)
  assert.equal(await (await post('x'.repeat(100))).text(), '100')
  const refused = await post('x'.repeat(101))
  assert.equal(refused.status, 413)
  assert.deepEqual(await refused.json(), { title: 'content too large', status: 413, detail: 'at most 100 bytes' })
  assert.equal((await post(new Blob(['x'.repeat(101)]).stream())).status, 413)
})

test('a taken port is one sentence that names it', async t => {
  const first = createServer()
  const second = createServer()
  t.after(() => first.close())
  const port = await listen(first, 0, '127.0.0.1')
  await assert.rejects(listen(second, port, '127.0.0.1'), {
    message: `PORT: 127.0.0.1:${port} is taken; stop what listens there or set another PORT`,
  })
})

test('an address that is not ours is one sentence', async () => {
  await assert.rejects(listen(createServer(), 0, '203.0.113.1'), {
    message: /^HOST, PORT: cannot listen on 203\.0\.113\.1:0 \(EADDRNOTAVAIL\)$/,
  })
})
