import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { fluxEvent } from '../testing/flux-event.ts'
import { testIntake } from '../testing/intake.ts'
import { createReceiver } from './app.ts'
import { createSource } from './source.ts'

const text = readFileSync(new URL('../../docs/flux.md', import.meta.url), 'utf8')
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block ?? '')

type Manifest = {
  kind: string
  apiVersion: string
  spec?: { type: string; address: string }
  stringData?: Record<string, string>
}
const manifests = (block: number) => parseAllDocuments(blocks[block] ?? '').map(each => each.toJS() as Manifest) // ours
const find = (block: number, kind: string) => {
  const found = manifests(block).find(each => each.kind === kind)
  assert.ok(found, `${kind} in block ${block}`)
  return found
}

/** Sends an event as the notification-controller does for the Provider and Secret of the guide. */
async function send(headers: (body: string) => Record<string, string>, address = '') {
  const t = testIntake()
  const source = createSource({
    name: 'flux',
    type: 'flux',
    path: '/webhook',
    token: 'REPLACE-ME',
    hmacKey: 'REPLACE-ME',
  })
  const app = createReceiver({
    sources: () => [source],
    intake: t.intake,
    now: () => t.clock.now,
    log: { warn: () => {}, error: () => {} },
  })
  const body = JSON.stringify(fluxEvent())
  const sent = { 'content-type': 'application/json', ...headers(body) }
  return (await app.request(new URL(address).pathname, { method: 'POST', headers: sent, body })).status
}

test('the Provider and Secret of the guide authenticate', async () => {
  const { spec } = find(0, 'Provider')
  assert.equal(spec?.type, 'generic')
  const headers = parse(find(0, 'Secret').stringData?.headers ?? '') as Record<string, string> // a map, as Flux reads it
  assert.equal(await send(() => headers, spec?.address), 202)
  assert.equal(await send(() => ({}), spec?.address), 401)
})

test('the Provider and Secret with a signature authenticate', async () => {
  const { spec } = find(1, 'Provider')
  assert.equal(spec?.type, 'generic-hmac')
  const key = find(1, 'Secret').stringData?.token ?? ''
  const signature = (body: string) => ({
    'x-signature': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
  })
  assert.equal(await send(signature, spec?.address), 202)
})

test('the guide uses the version of the API that Flux still serves', () => {
  const kinds = [...manifests(0), ...manifests(1)].filter(each => each.kind !== 'Secret')
  assert.equal(kinds.length, 3)
  for (const { kind, apiVersion } of kinds) assert.equal(apiVersion, 'notification.toolkit.fluxcd.io/v1beta3', kind)
})
