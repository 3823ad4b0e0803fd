import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { fluxEvent } from '../testing/flux-event.ts'
import { testIntake } from '../testing/intake.ts'
import { createReceiver } from './app.ts'
import { createSource } from './source.ts'

// What stands in flux/base/notifications, held to the receiver and to the Service that it names.

const TOKEN = 's3cr3t-notifications'
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const folder = 'flux/base/notifications'

/** As much of the four as is read here. */
type Provider = {
  metadata: { name: string; namespace: string }
  spec: { type: string; address: string; secretRef: { name: string } }
}
type ExternalSecret = {
  metadata: { namespace: string }
  spec: { target: { name: string; template?: { data: { headers: string } } }; data: { secretKey: string }[] }
}
type Alert = { metadata: { namespace: string }; spec: { providerRef: { name: string }; eventSeverity: string } }
type Service = { kind: string; metadata: { name: string }; spec: { ports: { port: number }[] } }

const provider = parse(read(`${folder}/provider.yaml`)) as Provider
const secret = parse(read(`${folder}/external-secret.yaml`)) as ExternalSecret

/** Sends an event as the notification-controller does. */
async function send(headers: (body: string) => Record<string, string>) {
  const t = testIntake()
  const source = createSource({ name: 'flux', type: 'flux', path: '/webhook', token: TOKEN, hmacKey: TOKEN })
  const log = { warn: () => {}, error: () => {} }
  const app = createReceiver({ sources: () => [source], intake: t.intake, now: () => t.clock.now, log })
  const body = JSON.stringify(fluxEvent())
  const { pathname } = new URL(provider.spec.address)
  const sent = { 'content-type': 'application/json', ...headers(body) }
  return (await app.request(pathname, { method: 'POST', headers: sent, body })).status
}

test('what the Secret holds lets the events of the Provider in', async () => {
  assert.equal(provider.spec.type, 'generic') // sends the headers of its Secret, and nothing else of it
  const filled = secret.spec.target.template?.data.headers.replace('{{ .token }}', TOKEN) ?? ''
  const headers = parse(filled) as Record<string, string> // a map, as Flux reads it
  assert.equal(await send(() => headers), 202)
  assert.equal(await send(() => ({})), 401)
})

test('as a signature, too, where an overlay asks for it', async () => {
  const { patches } = parse(read(`${folder}/hmac/kustomization.yaml`)) as { patches: { patch: string }[] } // a Component
  assert.deepEqual(
    patches.map(({ patch }) => parse(patch)),
    [
      [{ op: 'replace', path: '/spec/type', value: 'generic-hmac' }],
      [{ op: 'remove', path: '/spec/target/template' }], // without one every key of `data` is a key of the Secret
    ],
  )
  assert.deepEqual(
    secret.spec.data.map(({ secretKey }) => secretKey),
    ['token'], // what generic-hmac signs with
  )
  const sign = (key: string) => (body: string) => ({
    'x-signature': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
  })
  assert.equal(await send(sign(TOKEN)), 202)
  assert.equal(await send(sign(`${TOKEN}-other`)), 401)
})

test('Provider, Secret and Alert find each other', () => {
  const alert = parse(read(`${folder}/alert.yaml`)) as Alert
  assert.equal(provider.spec.secretRef.name, secret.spec.target.name)
  assert.equal(alert.spec.providerRef.name, provider.metadata.name)
  assert.equal(alert.spec.eventSeverity, 'info') // otherwise nobody hears that something works again
  const namespaces = [provider, secret, alert].map(({ metadata }) => metadata.namespace)
  assert.equal(new Set(namespaces).size, 1)
})

test('the Provider posts to the Service of the chart', () => {
  const { hostname, port } = new URL(provider.spec.address)
  const documents = parseAllDocuments(read('helm/delivery/manifests/sqlite/delivery.yaml')).map(
    each => each.toJS() as Service,
  )
  const service = documents.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'delivery')
  const { namespace } = parse(read('helm/delivery/manifests/sqlite/kustomization.yaml')) as { namespace: string } // ours
  assert.equal(hostname, `${service?.metadata.name}.${namespace}.svc.cluster.local`)
  assert.equal(Number(port), service?.spec.ports[0]?.port)
})
