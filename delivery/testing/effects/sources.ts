import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import type { TestContext } from 'node:test'
import { authorization, startDelivery } from '../delivery.ts'
import { alert, fluxEvent, notification } from '../flux-event.ts'
import type { Effect } from './start.ts'

const SECRET = 's3cr3t-of-a-source-01'
const json = { 'content-type': 'application/json' }
const bearer = { ...json, authorization: `Bearer ${SECRET}` }

/** A delivery plane with one source, and what it answers to a body. */
async function startSource(t: TestContext, fields: string) {
  const file = `sources:\n  one: { ${fields} }\ndestinations: {}\n`
  const started = await startDelivery(t, { file, env: { SOURCE: SECRET } })
  const send = async (path: string, body: string, headers: Record<string, string> = bearer) =>
    (await fetch(`${started.url}${path}`, { method: 'POST', headers, body })).status
  return { ...started, send }
}

const event = JSON.stringify(fluxEvent())
const alerts = JSON.stringify(notification([alert()]))
const token = 'token: { env: SOURCE }'

export const sourceEffects: Record<string, Effect> = {
  'sources.<flux>.type': async t => {
    const { send } = await startSource(t, `type: flux, ${token}`)
    assert.deepEqual([await send('/webhook', event), await send('/webhook', alerts)], [202, 400])
  },
  'sources.<flux>.path': async t => {
    const { send } = await startSource(t, `type: flux, path: /flux, ${token}`)
    assert.deepEqual([await send('/flux', event), await send('/webhook', event)], [202, 404])
  },
  'sources.<flux, alertmanager>.token': async t => {
    const { send } = await startSource(t, `type: flux, ${token}`)
    assert.equal(await send('/webhook', event, authorization), 401)
  },
  'sources.<flux>.hmacKey': async t => {
    const { send } = await startSource(t, 'type: flux, hmacKey: { env: SOURCE }')
    const signature = createHmac('sha256', SECRET).update(event).digest('hex')
    assert.equal(await send('/webhook', event, { ...json, 'x-signature': `sha256=${signature}` }), 202)
    assert.equal(await send('/webhook', event), 401)
  },
  'sources.<flux, alertmanager>.maxBody': async t => {
    const { send } = await startSource(t, `type: flux, maxBody: 2KiB, ${token}`)
    const large = JSON.stringify(fluxEvent({ message: 'x'.repeat(2048) }))
    assert.deepEqual([await send('/webhook', event), await send('/webhook', large)], [202, 413])
  },
  'sources.<flux>.sameWithin': async t => {
    const fates = async (fields: string) => {
      const { send, metrics } = await startSource(t, `type: flux, ${fields} ${token}`)
      await send('/webhook', event)
      await send('/webhook', event)
      return /fairlead_messages_total\{source="one",result="duplicate"\} 1/.test(await metrics())
    }
    assert.deepEqual([await fates(''), await fates('sameWithin: 0s,')], [true, false])
  },
  'sources.<alertmanager>.type': async t => {
    const { send } = await startSource(t, `type: alertmanager, ${token}`)
    assert.deepEqual([await send('/alertmanager', alerts), await send('/alertmanager', event)], [202, 400])
  },
  'sources.<alertmanager>.path': async t => {
    const { send } = await startSource(t, `type: alertmanager, path: /am, ${token}`)
    assert.equal(await send('/am', alerts), 202)
  },
  'sources.<alertmanager>.username': async t => {
    const { send } = await startSource(t, 'type: alertmanager, username: prometheus, password: { env: SOURCE }')
    const basic = (user: string) => ({ ...json, authorization: `Basic ${btoa(`${user}:${SECRET}`)}` })
    assert.equal(await send('/alertmanager', alerts, basic('prometheus')), 202)
    assert.equal(await send('/alertmanager', alerts, basic('somebody')), 401)
  },
  'sources.<alertmanager>.password': async t => {
    const { send } = await startSource(t, 'type: alertmanager, username: prometheus, password: { env: SOURCE }')
    const wrong = { ...json, authorization: `Basic ${btoa('prometheus:s3cr3t-of-nobody')}` }
    assert.equal(await send('/alertmanager', alerts, wrong), 401)
  },
}
