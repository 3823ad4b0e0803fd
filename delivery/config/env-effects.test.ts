import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { testDatabase } from '../../lib/test-database.ts'
import { API_TOKEN, authorization, operator, startDelivery, until } from '../testing/delivery.ts'
import { SIGNING_KEY } from '../testing/effects/start.ts'
import { startProcess, temporaryFolder } from '../testing/process.ts'
import { answer, startSinkServer } from '../testing/sink-server.ts'
import type { variables } from './env.ts'

/** One event to the Pushover of the environment, and the form that it becomes. */
async function push(t: TestContext, env: Record<string, string>) {
  const pushover = await startSinkServer(t)
  pushover.behave(answer(200, '{"status":1}'))
  const keys = { PUSHOVER_USER_KEY: 's3cr3t-user-key-0004', PUSHOVER_API_TOKEN: 's3cr3t-app-token-0004' }
  const { post } = await startDelivery(t, { env: { ...keys, PUSHOVER_URL: pushover.url, ...env } })
  await post()
  await pushover.receivedAtLeast(1)
  return new URLSearchParams(pushover.received[0]?.body.toString())
}

/** The same for its webhook. */
async function hook(t: TestContext) {
  const target = await startSinkServer(t)
  const env = { WEBHOOK_URL: target.url, WEBHOOK_HMAC_SECRET: SIGNING_KEY }
  const { post } = await startDelivery(t, { env })
  await post()
  await target.receivedAtLeast(1)
  return target.received[0]?.headers ?? {}
}

/** One test for each variable, which shows that setting it changes what the program does. */
const effects: Record<keyof typeof variables, (t: TestContext) => Promise<void>> = {
  async HOST(t) {
    const { port, url } = await startDelivery(t, { env: { HOST: '127.0.0.2' } })
    assert.equal((await fetch(`http://127.0.0.2:${port}/health`)).status, 200)
    await assert.rejects(fetch(`${url}/health`))
  },
  async PORT(t) {
    const { port } = await startDelivery(t, {})
    const { url } = await startProcess(t, { HOST: '127.0.0.3', PORT: String(port) })
    assert.equal(new URL(url).port, String(port))
  },
  async REVISION(t) {
    const { metrics } = await startDelivery(t, { env: { REVISION: 'abc123' } })
    assert.match(await metrics(), /^fairlead_build_info\{.*revision="abc123".*\} 1$/m)
  },
  async LOG_LEVEL(t) {
    const file = 'log: { level: debug }\n'
    const { lines, stop } = await startDelivery(t, { file, env: { LOG_LEVEL: 'silent' } })
    await stop()
    assert.deepEqual(lines, [], 'it wins over the file')
  },
  async SHUTDOWN_GRACE_MS(t) {
    const { url, ready, stop } = await startDelivery(t, { env: { SHUTDOWN_GRACE_MS: '500' } })
    const stopped = stop()
    assert.equal((await ready()).status, 'draining')
    await stopped
    await assert.rejects(fetch(`${url}/ready`))
  },
  async SHUTDOWN_TIMEOUT_MS(t) {
    const target = await startSinkServer(t)
    target.behave(() => {}) // never answers
    const env = { WEBHOOK_URL: target.url, WEBHOOK_HMAC_SECRET: SIGNING_KEY, SHUTDOWN_TIMEOUT_MS: '400' }
    const { post, stop, delivery } = await startDelivery(t, { env })
    await post()
    await target.receivedAtLeast(1)
    await stop() // and not when the attempt would time out
    await assert.rejects(delivery.outbox.check(), /closed/)
  },
  async OUTBOX_PATH(t) {
    const env = { OUTBOX_PATH: join(temporaryFolder(t), 'kept.db') }
    const first = await startDelivery(t, { env })
    const { id } = (await (await first.post()).json()) as { id: string } // as the receiver answers
    await first.stop()
    assert.equal((await (await startDelivery(t, { env })).api(`/messages/${id}`)).status, 200)
  },
  async OUTBOX_URL(t) {
    const OUTBOX_URL = await testDatabase({ after: remove => t.after(remove) }, { migrated: false })
    const first = await startDelivery(t, { env: { OUTBOX_URL } })
    await until(first.ready, ({ ledger }) => ledger.writable)
    const { id } = (await (await first.post()).json()) as { id: string } // as the receiver answers
    const second = await startDelivery(t, { env: { OUTBOX_URL } })
    assert.equal((await second.api(`/messages/${id}`)).status, 200)
    await Promise.all([first.stop(), second.stop()]) // before the database goes
  },
  async DELIVERY_CONFIG(t) {
    const { ready } = await startDelivery(t, { file: 'destinations: { mine: { type: console } }\n' })
    assert.deepEqual(
      (await ready()).destinations.map(({ name }) => name),
      ['mine'],
    )
  },
  async DELIVERY_API_TOKEN(t) {
    const { url } = await startDelivery(t, { env: { DELIVERY_API_TOKEN: 's3cr3t-another-token-2' } })
    assert.notEqual(API_TOKEN, 's3cr3t-another-token-2')
    assert.equal((await fetch(`${url}/api/messages`, { headers: operator })).status, 401)
  },
  async WEBHOOK_TOKEN(t) {
    const file = join(temporaryFolder(t), 'token')
    writeFileSync(file, 's3cr3t-inbound-0005\n')
    const { post } = await startDelivery(t, { env: { WEBHOOK_TOKEN: '', WEBHOOK_TOKEN_FILE: file } })
    assert.equal((await post()).status, 401)
    assert.equal((await post({}, { ...authorization, authorization: 'Bearer s3cr3t-inbound-0005' })).status, 202)
  },
  async PUSHOVER_USER_KEY(t) {
    assert.equal((await push(t, { PUSHOVER_USER_KEY: 's3cr3t-other-key' })).get('user'), 's3cr3t-other-key')
  },
  async PUSHOVER_API_TOKEN(t) {
    assert.equal((await push(t, { PUSHOVER_API_TOKEN: 's3cr3t-other-app' })).get('token'), 's3cr3t-other-app')
  },
  async PUSHOVER_URL(t) {
    assert.ok((await push(t, {})).has('message')) // it is where the push arrived
  },
  async WEBHOOK_URL(t) {
    assert.ok((await hook(t))['webhook-id']) // it is where the message arrived
  },
  async SLACK_WEBHOOK_URL(t) {
    const { ready } = await startDelivery(t, { env: { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/s3cr3t-hook' } })
    const { destinations } = await ready()
    assert.deepEqual(
      destinations.map(({ name, type, state }) => [name, type, state]),
      [['slack', 'slack', 'up']],
    )
  },
  async WEBHOOK_HMAC_SECRET(t) {
    assert.match(String((await hook(t))['webhook-signature']), /^v1,/)
  },
  async CONSOLE(t) {
    const { post, lines } = await startDelivery(t, { env: { CONSOLE: 'true' } })
    await post()
    const written = await until(
      async () => lines.filter(({ msg }) => msg === 'message'),
      found => found.length > 0,
    )
    assert.equal(written[0]?.destination, 'console')
  },
}

for (const [name, shows] of Object.entries(effects)) test(`${name} has its effect`, { timeout: 120_000 }, shows)
