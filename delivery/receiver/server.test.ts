import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { createHttpServer, listen } from '../../lib/http-server.ts'
import { testIntake } from '../testing/intake.ts'
import { createReceiver } from './app.ts'
import { createSource } from './source.ts'

const token = 's3cr3t-webhook-token'
const hmacKey = 's3cr3t-hmac-key'
const MIB = 1024 * 1024

async function start(t: TestContext, allBodiesBytes = 64 * MIB) {
  const { intake, clock, messages } = testIntake()
  const receptions: string[] = []
  const app = createReceiver({
    sources: () => [createSource({ name: 'flux', type: 'flux', path: '/webhook', token, hmacKey })],
    intake,
    now: () => clock.now,
    log: { warn: () => {}, error: () => {} },
    onReception: (_source, reception) => receptions.push(reception),
    allBodiesBytes,
  })
  const server = createHttpServer(getRequestListener(app.fetch), { requestTimeoutMs: 30_000 })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: await listen(server, 0, '127.0.0.1'), messages, receptions }
}

/** A raw connection: it sends what it wants to and shows the answer as soon as its head is there. */
async function send(t: TestContext, port: number, headers: string[], ...chunks: string[]) {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {}) // a server that refuses a body may reset
  await once(socket, 'connect')
  const head = ['POST /webhook HTTP/1.1', 'host: x', 'content-type: application/json', ...headers]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  for (const chunk of chunks) socket.write(chunk)
  return socket
}

async function answerTo(socket: Awaited<ReturnType<typeof send>>): Promise<string> {
  let text = ''
  for await (const chunk of socket) {
    text += chunk
    if (text.includes('\r\n\r\n')) break
  }
  return text
}

const bearer = `authorization: Bearer ${token}`

test('F13: 3 MiB and a byte are refused before the first byte of them has come', async t => {
  const { port, receptions } = await start(t)
  const socket = await send(t, port, [bearer, `content-length: ${3 * MIB + 1}`])
  assert.match(await answerTo(socket), /^HTTP\/1\.1 413 /)
  assert.deepEqual(receptions, ['too large'])
})

test('a body that does not say its size is refused while it comes', async t => {
  const { port } = await start(t)
  const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`
  const socket = await send(t, port, [bearer, 'transfer-encoding: chunked'], ...Array<string>(49).fill(chunk)) // and no end
  assert.match(await answerTo(socket), /^HTTP\/1\.1 413 /)
})

test('3 MiB are read', async t => {
  const { port } = await start(t)
  const socket = await send(t, port, [bearer, `content-length: ${3 * MIB}`], `[${' '.repeat(3 * MIB - 2)}]`)
  assert.match(await answerTo(socket), /^HTTP\/1\.1 400 /)
})

for (const [name, headers] of [
  ['no credentials', []],
  ['a wrong token', ['authorization: Bearer s3cr3t-other']],
] as const) {
  test(`${name}: 401 before the body has come`, async t => {
    const { port } = await start(t)
    const socket = await send(t, port, [...headers, 'content-length: 1000'])
    assert.match(await answerTo(socket), /^HTTP\/1\.1 401 /)
  })
}

test('a signature makes no exception from the limit', async t => {
  const { port } = await start(t)
  const socket = await send(t, port, ['x-signature: sha256=00', `content-length: ${3 * MIB + 1}`])
  assert.match(await answerTo(socket), /^HTTP\/1\.1 413 /)
})

test('bodies under way share a limit: one more is asked to come again, and there is room when one is gone', async t => {
  const { port, receptions } = await start(t, 2000)
  const first = await send(t, port, [bearer, 'content-length: 1500'], '{') // and then nothing
  const ping = await send(t, port, [bearer, 'content-length: 1', 'connection: close'], '1')
  assert.match(await answerTo(ping), /^HTTP\/1\.1 400 /) // by now the first one is held
  const second = await send(t, port, [bearer, 'content-length: 1500'])
  assert.match(await answerTo(second), /^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 5\r\n/)
  first.destroy()
  while (!receptions.includes('malformed', 1)) await new Promise(setImmediate)
  const third = await send(t, port, [bearer, 'content-length: 1500'], `[${' '.repeat(1498)}]`)
  assert.match(await answerTo(third), /^HTTP\/1\.1 400 /)
})

test('a sender that leaves in the middle leaves nothing behind', async t => {
  const { port, messages, receptions } = await start(t)
  const socket = await send(t, port, [bearer, 'content-length: 1000'], '{"involvedObject":')
  const ping = await send(t, port, [bearer, 'content-length: 1'], '1')
  await answerTo(ping)
  socket.destroy()
  while (receptions.length < 2) await new Promise(setImmediate)
  assert.deepEqual(receptions, ['malformed', 'malformed'])
  assert.equal(messages.length, 0)
})
