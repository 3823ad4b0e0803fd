import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { load } from './load.ts'
import { startServer, statusOf } from './process.ts'

const answering = (answer: string) =>
  `require('node:http').createServer((request, response) => { ${answer} }).listen(process.env.PORT, process.env.HOST)`

const program = (script: string) => ({ name: 'sample', args: ['-e', script] })

test('a server is handed over at its first answer, and is gone when it was stopped', async t => {
  const server = await startServer(program(answering('response.end()')), t.signal)
  assert.equal(await statusOf(server.url), 200)
  assert.ok(server.startMs > 0)
  await server.stop()
  assert.equal(await statusOf(server.url), undefined)
})

test('a program gets no environment but its own', async t => {
  const names = "Object.keys(process.env).sort().join(' ') === 'HOST OWN PORT'"
  const script = answering(`response.writeHead(${names} ? 200 : 500).end()`)
  const server = await startServer({ ...program(script), env: { OWN: '1' } }, t.signal)
  await server.stop()
})

test('whatever a program prints to the pipe is read, and the process is the program', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-'))
  t.after(() => rm(folder, { recursive: true }))
  // Far more than a pipe holds, written at once: it answers only after somebody has read it.
  const flood = "require('node:fs').writeSync(1, Buffer.alloc(4_000_000, 'line\\n'))"
  const script = answering(`${flood}; response.writeHead(request.url === '/' + process.pid ? 204 : 200).end()`)
  const server = await startServer(program(script), t.signal, folder)
  await assert.rejects(statusOf(`${server.url}${server.pid}`), { message: 'answered 204, expected 200' })
  await server.stop()
})

test('a program that ends before it answers is an error, with what it said', async t => {
  await assert.rejects(startServer(program("console.error('no luck'); process.exit(7)"), t.signal), {
    message: 'sample: ended with code 7 before it answered\nno luck',
  })
})

test('a first answer other than 200 is an error', async t => {
  await assert.rejects(startServer(program(answering('response.writeHead(503).end()')), t.signal), {
    message: 'sample: answered 503, expected 200',
  })
})

test('a stop ends the wait for a program that never answers', async () => {
  const stop = new AbortController()
  const silent = startServer(program('setInterval(() => {}, 1000)'), stop.signal)
  stop.abort(new Error('stopped'))
  await assert.rejects(silent, { message: 'stopped' })
})

test('load gives figures of a server that answers', async t => {
  const server = await startServer(program(answering('response.end()')), t.signal)
  t.after(() => server.stop())
  const figures = await load(server, { connections: 3, seconds: 0.3, warmUpSeconds: 0.1 }, t.signal)
  assert.ok(figures.requestsPerSecond > 0)
  assert.ok(figures.p99Ms > 0)
  assert.ok(figures.cpuMicroseconds >= 0)
  assert.ok(figures.generatorBusy > 0 && figures.generatorBusy <= 1)
})

const failures: [string, string, RegExp][] = [
  [
    'anything but 200',
    'response.statusCode = ++count === 30 ? 503 : 200; response.end()',
    /^answered 503, expected 200$/,
  ],
  ['no answer', 'if (++count === 30) process.exit(); response.end()', /closed the connection|ECONN|ENOENT/], // ENOENT: gone from /proc
]
for (const [what, answer, message] of failures) {
  test(`load fails when one request gets ${what}`, async t => {
    const server = await startServer(program(`let count = 0; ${answering(answer)}`), t.signal)
    t.after(() => server.stop())
    const failing = load(server, { connections: 3, seconds: 0.3, warmUpSeconds: 0.1 }, t.signal)
    await assert.rejects(failing, { message })
  })
}
