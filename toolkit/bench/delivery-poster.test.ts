import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { completeStatus, connectPoster } from './delivery-poster.ts'

async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port // it listens on TCP
}

test('one connection posts again and again, and tells each status', async t => {
  const seen: string[] = []
  const port = await serve(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${request.socket.remotePort} ${body}`)
    const answer = 'ä'.repeat(50_000) // more than one read
    response.writeHead(body === '"no"' ? 503 : 202, { 'content-length': Buffer.byteLength(answer) }).end(answer)
  })
  using poster = await connectPoster(port, '/webhook', 's3cr3t-poster-token-0001')
  assert.deepEqual([await poster.post('"ö"'), await poster.post('"no"'), await poster.post('{}')], [202, 503, 202])
  const [first = ''] = seen
  assert.match(first, /^POST \/webhook Bearer s3cr3t-poster-token-0001 \d+ "ö"$/)
  assert.deepEqual(new Set(seen.map(each => each.split(' ')[4])).size, 1)
})

test('a connection that is cut rejects', async t => {
  const port = await serve(t, request => request.socket.destroy())
  using poster = await connectPoster(port, '/', 's3cr3t-poster-token-0002')
  await assert.rejects(poster.post('{}'))
  await assert.rejects(poster.post('{}'), 'and so does whatever is posted after that')
})

test('a status is told when the last byte is there', () => {
  const head = 'HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n'
  assert.equal(completeStatus('HTTP/1.1 202 Accepted\r\n'), undefined)
  assert.equal(completeStatus(`${head}{`), undefined)
  assert.equal(completeStatus(`${head}{}`), 202)
  assert.throws(() => completeStatus('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'), /with a length/)
})
