import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { listen } from '../lib/http-server.ts'
import { runProgram } from '../lib/test-process.ts'
import { createTestEndpoint, type Mode, parseEndpoint, WrongOption } from './test-endpoint.ts'

async function start(t: TestContext, mode: Mode, { delayMs = 0, random = (): number => 0 } = {}) {
  const lines: string[] = []
  const server = createTestEndpoint({ mode, delayMs, random, print: line => lines.push(line) })
  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/hook`
  t.after(() => server.close().closeAllConnections())
  const send = () => fetch(url, { method: 'POST', body: 'a message', headers: { 'webhook-id': 'm1' } })
  return { send, lines, url }
}

test('success answers what Pushover, Slack and webhooks take for one, and prints what came', async t => {
  const { send, lines } = await start(t, 'success')
  const answered = await send()
  assert.deepEqual([answered.status, await answered.json()], [200, { status: 1, ok: true }])
  assert.match(lines.join('\n'), /^\d{4}-\S+Z POST \/hook m1 → 200\na message$/)
})

test('failure answers 500', async t => assert.equal((await (await start(t, 'failure')).send()).status, 500))

test('a probe is answered in every mode, and not printed', async t => {
  const { url, lines } = await start(t, 'failure')
  assert.equal((await fetch(url)).status, 200)
  assert.deepEqual(lines, [])
})

test('delay answers late, and well', async t => {
  const { send } = await start(t, 'delay', { delayMs: 30 })
  assert.equal((await send()).status, 200)
})

test('random answers one or the other, as it falls', async t => {
  const falls = [0, 0.4, 0, 0.6]
  const { send } = await start(t, 'random', { random: () => falls.shift() ?? 0 })
  assert.deepEqual([(await send()).status, (await send()).status], [503, 200])
})

test('options have defaults, and wrong ones say what is right', () => {
  assert.deepEqual(parseEndpoint([]), { mode: 'success', delayMs: 2000, host: '127.0.0.1', port: 9090 })
  assert.deepEqual(parseEndpoint(['--mode=delay', '--delay-ms', '5', '--host', '0.0.0.0', '--port', '0']), {
    mode: 'delay',
    delayMs: 5,
    host: '0.0.0.0',
    port: 0,
  })
  for (const [args, message] of [
    [['--mode', 'failur'], '--mode: expected success, failure, delay, random, got "failur"; did you mean failure?'],
    [['--port', '65536'], '--port: expected a whole number from 0 to 65535, got "65536"'],
    [['--delay-ms', '-1'], /delay-ms/],
    [['--prot', '1'], /Unknown option '--prot'/],
  ] as const) {
    assert.throws(
      () => parseEndpoint([...args]),
      error => {
        assert.ok(error instanceof WrongOption)
        if (typeof message === 'string') assert.equal(error.message, message)
        else assert.match(error.message, message)
        return true
      },
    )
  }
})

test('main.ts serves it, and refuses a wrong option with exit code 2', async t => {
  const main = new URL('./main.ts', import.meta.url).pathname
  const wrong = runProgram(t, [main, 'test-endpoint', '--mode', 'loud'], {})
  assert.deepEqual(await wrong.exited, { code: 2, signal: null })
  assert.match(wrong.stderr(), /^--mode: expected success, failure, delay, random, got "loud"/)
})
