import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiToken, startPushover, userKey } from '../testing/pushover.ts'
import { firstAttempt, local, sampleMessage, sinkTools, T } from '../testing/sink.ts'
import { answer, breakOff, endless, neverAnswer, reset } from '../testing/sink-server.ts'
import { createPushoverSink, type PushoverOptions, type Quota } from './pushover.ts'

test('a message is a form with everything that Pushover shows', async t => {
  const { server, send, form } = await startPushover(t, { device: 'phone,tablet', sound: 'siren' })
  assert.deepEqual(await send({ count: 22 }), {
    ...{ kind: 'delivered', class: 'success', answer: '200: {"status":1,"request":"647d2300"}' },
  })
  const [{ method, path, headers } = assert.fail()] = server.received
  assert.deepEqual(
    [method, path, headers['content-type']],
    ['POST', '/1/messages.json', 'application/x-www-form-urlencoded'],
  )
  const { token, user, ...shown } = form()
  assert.ok(token === apiToken && user === userKey)
  assert.deepEqual(shown, {
    title: 'Kustomization apps/web failed',
    message:
      'error: ReconciliationFailed (22 times)\nthe server said no\nKustomization/apps/web\nkustomize-controller\nmain@sha1:0a1b2c3d',
    priority: '1',
    timestamp: String(T / 1000 - 1),
    url: 'https://git.example/apps/commit/0a1b2c3d',
    url_title: 'Open Kustomization',
    device: 'phone,tablet',
    sound: 'siren',
  })
})

test('the address may be the root of the API or the whole of it', async t => {
  const { server } = await startPushover(t)
  for (const url of [server.url, `${server.url}/`, `${server.url}/1/messages.json`]) {
    const sink = createPushoverSink({ ...local, userKey, apiToken, url }, sinkTools())
    t.after(() => sink.close())
    await sink.send(sampleMessage(), firstAttempt())
    assert.equal(server.received.at(-1)?.path, '/1/messages.json')
  }
})

const priorities: [over: object, options: Partial<PushoverOptions>, priority: string][] = [
  [{ severity: 'info' }, {}, '-1'],
  [{ severity: 'warning' }, {}, '0'],
  [{ severity: 'error' }, {}, '1'],
  [{ severity: 'critical' }, {}, '1'],
  [{ severity: 'critical', state: 'resolved' }, {}, '0'],
  [{ severity: 'info', state: 'resolved' }, {}, '-1'],
  [{ severity: 'warning' }, { priorities: { warning: -2 } }, '-2'],
]
for (const [over, options, priority] of priorities) {
  test(`${JSON.stringify(over)} with ${JSON.stringify(options)} has priority ${priority}`, async t => {
    const { send, form } = await startPushover(t, options)
    await send(over)
    assert.equal(form().priority, priority)
    assert.equal(form().retry, undefined)
  })
}

test('priority 2 is sent with how often and how long it is repeated', async t => {
  const { send, form } = await startPushover(t, { priorities: { critical: 2 }, retry: 30, expire: 10_800 })
  await send({ severity: 'critical' })
  const { priority, retry, expire } = form()
  assert.deepEqual([priority, retry, expire], ['2', '30', '10800'])
})

const wrong: [what: string, options: Partial<PushoverOptions>, rule: RegExp][] = [
  ['priority 2 that repeats too soon', { priorities: { error: 2 }, retry: 29 }, /retry of at least 30/],
  ['priority 2 without an end', { priorities: { error: 2 }, expire: 10_801 }, /expire of at most 10800/],
  ['a device of 26 letters', { device: 'a'.repeat(26) }, /device: expected/],
]
for (const [what, options, rule] of wrong) {
  test(`${what} is refused`, () => {
    assert.throws(() => createPushoverSink({ ...local, userKey, apiToken, ...options }, sinkTools()), rule)
  })
}

const answers: [what: string, ...Parameters<typeof answer>, meaning: string][] = [
  ['status 0', 200, '{"status":0,"errors":["message cannot be blank"]}', {}, 'rejected refused'],
  ['status as text', 200, '{"status":"1"}', {}, 'rejected refused'],
  ['no JSON', 200, '<html>hello</html>', {}, 'rejected refused'],
  ['a wrong user', 400, '{"user":"invalid","errors":["user identifier is invalid"],"status":0}', {}, 'rejected auth'],
  ['a wrong token', 400, '{"token":"invalid","status":0}', {}, 'rejected auth'],
  ['another mistake', 400, '{"status":0}', {}, 'rejected client'],
  ['over quota', 429, '{"status":0}', { 'retry-after': '5' }, 'rejected throttled'],
  ['401', 401, '', {}, 'rejected auth'],
  ['404', 404, '', {}, 'rejected missing'],
  ['410', 410, '', {}, 'rejected gone'],
  ['202', 202, '{"status":1}', {}, 'rejected refused'],
  ['a redirect', 302, '', { location: 'http://127.0.0.1/' }, 'rejected redirect'],
  ['500', 500, '', {}, 'retry server 5000'],
  ['501', 501, '', {}, 'retry server 5000'],
  ['503', 503, '', { 'retry-after': '1' }, 'retry server 5000'],
]
for (const [what, status, body, headers, meaning] of answers) {
  test(`${what} is ${meaning}`, async t => {
    const { server, send } = await startPushover(t)
    server.behave(answer(status, body, headers))
    const outcome = await send()
    const atLeast = outcome.kind === 'retry' ? ` ${outcome.atLeastMs}` : ''
    assert.equal(`${outcome.kind} ${outcome.class}${atLeast}`, meaning)
  })
}

test('no answer, and a 200 that breaks off, are tried again no sooner than after 5 s', async t => {
  const { server, send } = await startPushover(t, { timeoutMs: 200 })
  for (const [behaviour, answerClass] of [
    [reset, 'network'],
    [neverAnswer, 'timeout'],
    [breakOff(200), 'network'],
    [endless(200), 'network'],
  ] as const) {
    server.behave(behaviour)
    const outcome = await send()
    assert.deepEqual([outcome.class, outcome.kind === 'retry' && outcome.atLeastMs], [answerClass, 5000])
  }
})

test('two connections at most, however many are asked for', async t => {
  const { server, sink, send } = await startPushover(t, { concurrency: 50 })
  assert.equal(sink.maxConcurrency, 2)
  await Promise.all(Array.from({ length: 40 }, () => send()))
  assert.equal(server.received.length, 40)
  assert.ok(server.connections.opened <= 2)
})

test('the quota is read from any answer that has it', async t => {
  const seen: Quota[] = []
  const { server, send } = await startPushover(t, { onQuota: quota => seen.push(quota) })
  const limit = { 'x-limit-app-limit': '10000', 'x-limit-app-remaining': '7', 'x-limit-app-reset': '1798761600' }
  server.behave(
    answer(429, '{"status":0}', limit),
    answer(200, '{"status":1}', { ...limit, 'x-limit-app-reset': 'soon' }),
  )
  await send()
  await send()
  assert.deepEqual(seen, [{ limit: 10_000, remaining: 7, resetAt: 1_798_761_600 }])
})

test('neither the key nor the token shows in an answer or in the log', async t => {
  const { server, tools, send } = await startPushover(t)
  server.behave(answer(400, `{"status":0,"errors":["token ${apiToken} of ${userKey}"]}`))
  const { answer: shown } = await send()
  assert.equal(shown, '400: {"status":0,"errors":["token [secret] of [secret]"]}')
  assert.deepEqual(tools.lines, [])
})
