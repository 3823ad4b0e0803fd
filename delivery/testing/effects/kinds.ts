import assert from 'node:assert/strict'
import { parseSecret, verify } from '../../../lib/standard-webhooks.ts'
import { authorization, startDelivery, until } from '../delivery.ts'
import { alert, notification } from '../flux-event.ts'
import { neverAnswer } from '../sink-server.ts'
import { deliverOne, deliveryOf, type Effect, SIGNING_KEY, startWithTarget } from './start.ts'

const push = async (t: Parameters<Effect>[0], fields = '') => (await deliverOne(t, { type: 'pushover', fields })).form
const hook = async (t: Parameters<Effect>[0], fields = '') => (await deliverOne(t, { fields })).received
const emergency = 'priorities: { error: 2 }'

/** What only one kind of destination has. */
export const kindEffects: Record<string, Effect> = {
  'destinations.<pushover>.type': async t => assert.ok((await push(t)).has('user')),
  'destinations.<pushover>.userKey': async t => assert.equal((await push(t)).get('user'), 's3cr3t-user-key-0002'),
  'destinations.<pushover>.token': async t => assert.equal((await push(t)).get('token'), 's3cr3t-app-token-0002'),
  'destinations.<pushover>.url': async t => {
    const { received } = await deliverOne(t, { type: 'pushover' }) // which sets it to the test's own server
    assert.equal(received.path, '/1/messages.json')
  },
  'destinations.<pushover>.device': async t => assert.equal((await push(t, 'device: phone')).get('device'), 'phone'),
  'destinations.<pushover>.sound': async t => assert.equal((await push(t, 'sound: bugle')).get('sound'), 'bugle'),
  ...Object.fromEntries(
    (['info', 'warning', 'error', 'critical'] as const).map((severity): [string, Effect] => [
      `destinations.<pushover>.priorities.${severity}`,
      async t => {
        const started = await startWithTarget(t, { type: 'pushover', fields: `priorities: { ${severity}: -2 }` })
        await postSeverity(started, severity)
        await started.target.receivedAtLeast(1)
        assert.equal(new URLSearchParams(started.target.received[0]?.body.toString()).get('priority'), '-2')
      },
    ]),
  ),
  'destinations.<pushover>.repeatEvery': async t =>
    assert.equal((await push(t, `${emergency}, repeatEvery: 90s`)).get('retry'), '90'),
  'destinations.<pushover>.repeatFor': async t =>
    assert.equal((await push(t, `${emergency}, repeatFor: 2h`)).get('expire'), '7200'),
  'destinations.<pushover>.concurrency': async t => {
    const started = await startWithTarget(t, { type: 'pushover', fields: 'concurrency: 1', behaviours: [neverAnswer] })
    await started.post()
    await started.post({ reason: 'BuildFailed' })
    await started.target.receivedAtLeast(1)
    await until(
      () => started.api('/messages'),
      ({ body }) => (body as { items: unknown[] }).items.length === 2,
    )
    assert.equal(started.target.received.length, 1)
  },

  'destinations.<webhook>.type': async t => assert.ok((await hook(t)).headers['webhook-id']),
  'destinations.<webhook>.url': async t => {
    const { body } = await (await startWithTarget(t, { fields: 'url: { env: NOWHERE }' })).api('/destinations')
    assert.deepEqual((body as { items: { reason: string }[] }).items[0]?.reason, 'NOWHERE is not set')
  },
  'destinations.<webhook>.method': async t => assert.equal((await hook(t, 'method: PUT')).method, 'PUT'),
  'destinations.<webhook>.format': async t => {
    assert.equal((await hook(t, 'format: structured')).headers['content-type'], 'application/cloudevents+json')
    assert.equal((await hook(t, 'format: binary')).headers['ce-specversion'], '1.0')
    assert.ok('eventId' in JSON.parse((await hook(t, 'format: flat')).body.toString()))
  },
  'destinations.<webhook>.signingKeys': async t => {
    const { headers, body } = await hook(t, 'signingKeys: [{ env: SIGNING_KEY }]')
    const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map(name => String(headers[`webhook-${name}`]))
    const shown = { id: id ?? '', timestamp: timestamp ?? '', signature: signature ?? '' }
    assert.deepEqual(verify([parseSecret(SIGNING_KEY)], shown, body, Date.now()), { valid: true })
    const over = await hook(t, 'signingKeys: [{ env: SIGNING_KEY, until: "2020-01-01T00:00:00Z" }]')
    assert.equal(over.headers['webhook-signature'], undefined)
  },
  'destinations.<webhook>.bodySignatures': async t => {
    const { headers } = await hook(t, 'signingKeys: [{ env: SIGNING_KEY }], bodySignatures: [X-Signature]')
    assert.match(String(headers['x-signature']), /^sha256=[0-9a-f]{64}$/)
  },
  'destinations.<webhook>.bodySecret': async t => {
    const fields = 'bodySignatures: [X-Hub-Signature-256], bodySecret: { env: APP_TOKEN }'
    assert.match(String((await hook(t, fields)).headers['x-hub-signature-256']), /^sha256=/)
  },
  'destinations.<webhook>.headerPrefix': async t =>
    assert.ok((await hook(t, 'headerPrefix: Kibaship')).headers['x-kibaship-event-type']),
  'destinations.<webhook>.token': async t =>
    assert.equal((await hook(t, 'token: { env: APP_TOKEN }')).headers.authorization, 'Bearer s3cr3t-app-token-0002'),
  'destinations.<webhook>.headers': async t => {
    const { headers } = await hook(t, 'headers: { x-team: a, x-key: { env: APP_TOKEN } }')
    assert.deepEqual([headers['x-team'], headers['x-key']], ['a', 's3cr3t-app-token-0002'])
  },

  'destinations.<slack>.type': async t => {
    const { received } = await deliverOne(t, { type: 'slack' })
    assert.ok('text' in JSON.parse(received.body.toString()))
  },
  'destinations.<slack>.url': async t => {
    const { received } = await deliverOne(t, { type: 'slack' })
    assert.equal(received.path, '/services/T000/B000/s3cr3t-slack-path')
  },
  'destinations.<console>.type': async t => {
    const started = await startDelivery(t, { file: 'destinations: { log: { type: console } }' })
    await started.post()
    await until(
      () => deliveryOf(started),
      found => found?.state === 'delivered',
    )
    assert.ok(started.lines.some(line => line.msg === 'message' && line.destination === 'log'))
  },
}

/** Flux knows info and error only; the others are Alertmanager's. */
async function postSeverity({ url, post }: Awaited<ReturnType<typeof startWithTarget>>, severity: string) {
  if (severity === 'info' || severity === 'error') return post({ severity })
  const labels = { alertname: 'HighErrorRate', severity }
  const body = JSON.stringify(notification([alert({ labels })]))
  return fetch(`${url}/alertmanager`, { method: 'POST', headers: authorization, body })
}
