import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSecret, verify } from '../../lib/standard-webhooks.ts'
import { createPushoverSink } from '../sinks/pushover.ts'
import { createWebhookSink } from '../sinks/webhook.ts'
import { newMessage, startDispatcher, until } from '../testing/dispatcher.ts'
import { local, sinkTools } from '../testing/sink.ts'
import { answer, startSinkServer } from '../testing/sink-server.ts'
import { createProfile } from './profile.ts'

const secret = `whsec_${Buffer.from('s3cr3t-dispatcher-0001'.padEnd(32, '.')).toString('base64')}`

test('500 four times and then success: five attempts, one id, one body, each signed at its time', async t => {
  const server = await startSinkServer(t)
  const sink = createWebhookSink({ ...local, url: server.url, signingKeys: [{ secret }] }, sinkTools())
  const profile = createProfile({ jitter: 0 })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'webhook', sink, profile }])
  const busy = answer(500)
  server.behave(busy, busy, busy, busy, answer(200))
  await running.append(newMessage('m1'))
  for (const [index, delay] of [5000, 30_000, 300_000, 1_800_000].entries()) {
    await until(async () => (await running.outbox.find('m1'))?.attempts.length === index + 1)
    const [delivery] = (await running.outbox.find('m1'))?.deliveries ?? []
    assert.equal(delivery?.nextAttemptAt, running.clock.now + delay)
    running.pass(delay)
  }
  await until(async () => (await running.outbox.find('m1'))?.deliveries[0]?.state === 'delivered')
  assert.equal(server.received.length, 5)
  assert.equal(new Set(server.received.map(({ body }) => String(body))).size, 1)
  assert.equal(new Set(server.received.map(({ headers }) => headers['webhook-timestamp'])).size, 5)
  for (const { headers, body } of server.received) {
    const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map(name => String(headers[`webhook-${name}`]))
    assert.equal(id, 'm1')
    const given = { id: 'm1', timestamp: timestamp ?? '', signature: signature ?? '' }
    assert.deepEqual(verify([parseSecret(secret)], given, body, Number(timestamp) * 1000), { valid: true })
  }
})

test('400 from Pushover is one attempt and a dead letter; 500 comes back after five seconds, not before', async t => {
  const server = await startSinkServer(t)
  const keys = { userKey: 's3cr3t-user-key-0001', apiToken: 's3cr3t-api-token-0001' }
  const sink = createPushoverSink({ ...local, ...keys, url: server.url }, sinkTools())
  const profile = createProfile({ profile: 'fast' })
  const running = await startDispatcher(t, [{ name: 'phone', type: 'pushover', sink, profile }])
  server.behave(answer(400, '{"status":0}'), answer(500), answer(200, '{"status":1}'))
  await running.append(newMessage('m1'))
  await running.attempts(1)
  await running.append(newMessage('m2'))
  await running.attempts(2)
  await until(async () => (await running.outbox.find('m2'))?.deliveries[0]?.state === 'pending')
  const [dead, waiting] = await Promise.all(
    ['m1', 'm2'].map(async id => (await running.outbox.find(id))?.deliveries[0]),
  )
  assert.deepEqual([dead?.state, dead?.attempt, dead?.lastAnswer], ['dead', 1, '400: {"status":0}'])
  assert.ok(Number(waiting?.nextAttemptAt) >= running.clock.now + 5000)
  running.pass(20_000)
  await running.attempts(3)
  assert.equal(server.received.length, 3)
})
