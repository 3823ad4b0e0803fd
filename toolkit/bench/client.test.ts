import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { readHead, startClient } from './client.ts'

const whole = 'HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 5\r\n\r\nhello'

const heads: [string, string, { status: number; size: number }][] = [
  ['nothing', '', { status: 0, size: Number.POSITIVE_INFINITY }],
  ['half a head', whole.slice(0, 30), { status: 0, size: Number.POSITIVE_INFINITY }],
  ['a head alone', whole.slice(0, -5), { status: 200, size: whole.length }],
  ['a whole answer', whole, { status: 200, size: whole.length }],
  ['an answer without a body', 'HTTP/1.1 503 No\r\ncontent-length:0\r\n\r\n', { status: 503, size: 37 }],
]
for (const [what, text, expected] of heads) {
  test(`the head of ${what}`, () => assert.deepEqual(readHead(Buffer.from(text)), expected))
}

/** A server that answers the n-th request with the n-th list of pieces, each sent when the one before has left. */
async function serve(t: TestContext, answers: string[][]): Promise<URL> {
  const server = createServer(socket => {
    socket.on('data', async () => {
      for (const piece of answers.shift() ?? []) await new Promise(resolve => socket.write(piece, resolve))
    })
    socket.on('error', () => {}) // the client goes away when it likes
  })
  server.listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return new URL(`http://127.0.0.1:${address.port}/`)
}

test('the next request follows a complete answer, however it is cut', async t => {
  const url = await serve(t, [[whole], ['HTTP/1.1 200 OK\r\nCont', 'ent-Length: 5\r\n\r', '\n', 'hel', 'lo'], [whole]])
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const times: number[] = []
  const client = startClient(url, ms => times.push(ms) === 3 && resolve(), reject)
  await promise
  client.stop()
  assert.ok(times.every(ms => ms > 0))
})

const failures: [string, string, string][] = [
  ['another status', whole.replace('200', '404'), 'answered 404, expected 200'],
  ['no length', 'HTTP/1.1 200 OK\r\n\r\n', 'answered without content-length: HTTP/1.1 200 OK'],
]
for (const [what, answer, message] of failures) {
  test(`an answer with ${what} is a failure`, async t => {
    const url = await serve(t, [[whole], [answer]])
    const failure = new Promise<Error>(resolve => startClient(url, () => {}, resolve))
    assert.equal((await failure).message, message)
  })
}
