import assert from 'node:assert/strict'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Readiness } from './health.ts'
import { fluxEvent } from './testing/flux-event.ts'
import { runProcess, startProcess, temporaryFolder } from './testing/process.ts'
import { answer, startSinkServer } from './testing/sink-server.ts'

const main = new URL('./main.ts', import.meta.url).pathname
const TOKEN = 's3cr3t-inbound-0002'
const keys = {
  PUSHOVER_USER_KEY: 's3cr3t-user-key-0001',
  PUSHOVER_API_TOKEN: 's3cr3t-app-token-0001',
  WEBHOOK_TOKEN: TOKEN,
}

async function startPushover(t: TestContext) {
  const pushover = await startSinkServer(t)
  pushover.behave(answer(200, '{"status":1}'))
  return pushover
}

const post = (url: string, event: object = fluxEvent(), token = TOKEN) =>
  fetch(`${url}/webhook`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })

const readiness = async (url: string) => {
  const answered = await fetch(`${url}/ready`)
  return { code: answered.status, ...((await answered.json()) as Readiness) } // it is what health.ts answers with
}

test('three variables: an event of Flux goes in, a push comes out, and no secret is told', async t => {
  const pushover = await startPushover(t)
  const delivery = await startProcess(t, { ...keys, PUSHOVER_URL: pushover.url, LOG_LEVEL: 'debug' })
  const answered = await post(delivery.url)
  assert.equal(answered.status, 202)
  await pushover.receivedAtLeast(1)
  const [push] = pushover.received
  assert.equal(push?.path, '/1/messages.json')
  const form = new URLSearchParams(push.body.toString())
  assert.deepEqual([form.get('user'), form.get('token')], [keys.PUSHOVER_USER_KEY, keys.PUSHOVER_API_TOKEN])
  assert.match(form.get('message') ?? '', /health check failed/)
  const pages = ['/health', '/healthz', '/ready', '/metrics'].map(async path =>
    (await fetch(delivery.url + path)).text(),
  )
  const told = (await Promise.all(pages)).join('\n') + delivery.stdout() + delivery.stderr()
  assert.ok(told.includes('"status":"ready"') && told.includes('fairlead_deliveries_total'))
  assert.ok(!told.includes('s3cr3t-'), 'a secret is told')
})

test('what was accepted before the end is delivered after the next start, with its id', async t => {
  const target = await startSinkServer(t)
  target.behave(answer(503))
  const folder = temporaryFolder(t)
  const env = {
    ...{ WEBHOOK_TOKEN: TOKEN, WEBHOOK_URL: target.url, OUTBOX_PATH: join(folder, 'new', 'outbox.db') },
    WEBHOOK_HMAC_SECRET: `whsec_${Buffer.from('s3cr3t-signing-key-of-32-bytes!!').toString('base64')}`,
  }
  const first = await startProcess(t, env, [main, 'receiver'])
  const { id } = (await (await post(first.url)).json()) as { id: string } // as the receiver answers
  first.child.kill('SIGTERM')
  assert.deepEqual(await first.exited, { code: 0, signal: null }, first.stderr())
  assert.equal(target.received.length, 0, 'a receiver delivers nothing')

  target.behave(answer(200))
  await startProcess(t, env, [main, 'dispatcher'])
  await target.receivedAtLeast(1)
  const [received] = target.received
  assert.equal(received?.headers['webhook-id'], id)
  assert.match(received?.headers['webhook-signature']?.toString() ?? '', /^v1,/)
})

test('without a token nobody may send, and the start says so', async t => {
  const { WEBHOOK_TOKEN: _, ...env } = keys
  const delivery = await startProcess(t, env)
  assert.equal((await post(delivery.url)).status, 401)
  const said = delivery.lines.filter(line => line.level === 'error').map(line => `${line.source}: ${line.msg}`)
  assert.deepEqual(said, [
    'flux: this source refuses everybody as it is configured',
    'alertmanager: this source refuses everybody as it is configured',
  ])
  const { code, status } = await readiness(delivery.url)
  assert.deepEqual([code, status], [200, 'degraded'])
})

test('a destination that cannot work leaves everything else running, and works after a reload', async t => {
  const pushover = await startPushover(t)
  const file = join(temporaryFolder(t), 'token')
  const { PUSHOVER_API_TOKEN, ...others } = keys
  const delivery = await startProcess(t, { ...others, PUSHOVER_API_TOKEN_FILE: file, PUSHOVER_URL: pushover.url })
  const before = await readiness(delivery.url)
  assert.equal(before.status, 'degraded')
  assert.deepEqual(
    before.destinations.map(({ name, state, reason }) => ({ name, state, reason })),
    [{ name: 'pushover', state: 'degraded', reason: `cannot read the file "${file}" (ENOENT)` }],
  )
  assert.equal((await post(delivery.url)).status, 202)
  assert.equal(pushover.received.length, 0)

  writeFileSync(file, `${PUSHOVER_API_TOKEN}\n`)
  delivery.child.kill('SIGHUP')
  await pushover.receivedAtLeast(1)
  const form = new URLSearchParams(pushover.received[0]?.body.toString())
  assert.equal(form.get('token'), PUSHOVER_API_TOKEN)
})

test('a new file is put in force by SIGHUP; one with mistakes leaves the old one, and says where they are', async t => {
  const [one, other] = [await startSinkServer(t), await startSinkServer(t)]
  const file = join(temporaryFolder(t), 'delivery.yaml')
  const to = (url: string) => `destinations:\n  it: { type: webhook, url: '${url}', allowAddresses: [127.0.0.0/8] }\n`
  writeFileSync(file, to(one.url))
  const delivery = await startProcess(t, { WEBHOOK_TOKEN: TOKEN, DELIVERY_CONFIG: file })

  writeFileSync(file, `${to(other.url)}retension: {}\n`)
  delivery.child.kill('SIGHUP')
  const { mistakes } = await delivery.line(line => Array.isArray(line.mistakes))
  assert.deepEqual(mistakes, [`${file}:3:1: retension: unknown key; did you mean retention?`])
  assert.equal((await readiness(delivery.url)).status, 'degraded')
  await post(delivery.url)
  await one.receivedAtLeast(1)

  writeFileSync(file, to(other.url))
  delivery.child.kill('SIGHUP')
  await delivery.line(line => line.msg === 'the configuration was read again')
  assert.equal((await readiness(delivery.url)).status, 'ready')
  await post(delivery.url, fluxEvent({ involvedObject: { name: 'another' } }))
  await other.receivedAtLeast(1)
  assert.equal(one.received.length, 1)
})

for (const [what, args, env, code, said] of [
  ['a role that is none', ['dispacher'], {}, 2, 'there is no role "dispacher"; did you mean dispatcher?\n'],
  [
    'every mistake of the environment',
    [],
    {
      PORT: 'http',
      LOG_LEVEL: 'loud',
      OUTBOX_URL: 's3cr3t-url',
      DELIVERY_API_TOKEN: 'short',
      DELIVERY_CONFIG: '/none',
    },
    1,
    `the configuration has 5 mistakes; see .env.example and docs/delivery.md
  PORT: expected a whole number from 0 to 65535, got "http"
  LOG_LEVEL: expected trace, debug, info, warn, error or silent, got "loud"
  DELIVERY_API_TOKEN: expected at least 16 characters; the value is not shown
  OUTBOX_URL: expected postgres://user:password@host:port/database with @ : / ? # % percent-encoded inside user and password; the value is not shown
  DELIVERY_CONFIG: cannot read "/none" (ENOENT)\n`,
  ],
  [
    'a Pushover token as the token of senders',
    [],
    { ...keys, WEBHOOK_TOKEN: keys.PUSHOVER_API_TOKEN },
    1,
    `the configuration has a mistake; see .env.example and docs/delivery.md
  WEBHOOK_TOKEN and PUSHOVER_API_TOKEN hold the same secret: give senders one of their own\n`,
  ],
] as const) {
  test(`the start refuses ${what}`, async t => {
    const delivery = runProcess(t, env, [main, ...args])
    assert.deepEqual(await delivery.exited, { code, signal: null })
    assert.equal(delivery.stderr(), said)
  })
}

test('a crash point is refused in prod', async t => {
  const delivery = runProcess(t, { ENVIRONMENT: 'prod', FAIRLEAD_CRASH_AT: 'after-commit' })
  assert.deepEqual(await delivery.exited, { code: 1, signal: null })
  assert.match(delivery.stdout(), /FAIRLEAD_CRASH_AT: refused when ENVIRONMENT is prod/)
})

test('the first signal lets a request under way finish, the second ends at once', async t => {
  const delivery = await startProcess(t, { ...keys, SHUTDOWN_GRACE_MS: '60000', SHUTDOWN_TIMEOUT_MS: '90000' })
  delivery.child.kill('SIGTERM')
  await delivery.line(line => line.msg === 'draining')
  const { code, status } = await readiness(delivery.url)
  assert.deepEqual([code, status], [503, 'draining'])
  assert.equal((await post(delivery.url)).status, 202, 'still served: load balancers need time to notice')
  delivery.child.kill('SIGTERM')
  assert.deepEqual(await delivery.exited, { code: 143, signal: null })
})

test('without a destination messages are kept, and the start says that nobody is told', async t => {
  const delivery = await startProcess(t, { WEBHOOK_TOKEN: TOKEN })
  assert.equal((await post(delivery.url)).status, 202)
  await delivery.line(line => line.level === 'warn' && /^no destination is configured/.test(line.msg ?? ''))
})

test('OUTBOX_PATH: the folder is made, readable by us alone', async t => {
  const folder = join(temporaryFolder(t), 'a', 'b')
  const { url } = await startProcess(t, { ...keys, OUTBOX_PATH: join(folder, 'outbox.db') })
  assert.equal((await readiness(url)).ledger.writable, true)
  assert.ok(existsSync(join(folder, 'outbox.db')))
  assert.equal(statSync(folder).mode & 0o777, 0o700)
})
