import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleMessage } from '../testing/sink.ts'
import { type BodyFormat, bodyOf, headerText } from './bodies.ts'

const message = sampleMessage()
const parsed = (format: BodyFormat) => JSON.parse(String(Buffer.from(bodyOf(message, format).bytes)))

const data = {
  schemaVersion: 1,
  sequence: 7,
  resource: {
    ...{
      kind: 'Kustomization',
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      name: 'web',
      namespace: 'apps',
      uid: 'u-1',
    },
  },
  severity: 'error',
  reason: 'ReconciliationFailed',
  title: 'Kustomization apps/web failed',
  text: 'the server said no',
  state: 'firing',
  count: 1,
  labels: { env: 'prod', team: 'x' },
  revision: 'main@sha1:0a1b2c3d',
  controller: 'kustomize-controller',
  link: 'https://git.example/apps/commit/0a1b2c3d',
}

test('structured is one CloudEvent', () => {
  assert.deepEqual(bodyOf(message, 'structured').headers, { 'content-type': 'application/cloudevents+json' })
  assert.deepEqual(parsed('structured'), {
    specversion: '1.0',
    id: 'message-0001',
    source: '/flux/kustomize-controller',
    type: 'dev.fairlead.flux.ReconciliationFailed',
    subject: 'Kustomization/apps/web',
    time: '2026-11-20T11:59:59.000Z',
    datacontenttype: 'application/json',
    data,
  })
})

test('binary has the attributes as headers and the data as body', () => {
  assert.deepEqual(bodyOf(message, 'binary').headers, {
    'ce-specversion': '1.0',
    'ce-id': 'message-0001',
    'ce-source': '/flux/kustomize-controller',
    'ce-type': 'dev.fairlead.flux.ReconciliationFailed',
    'ce-subject': 'Kustomization/apps/web',
    'ce-time': '2026-11-20T11:59:59.000Z',
    'content-type': 'application/json',
  })
  assert.deepEqual(parsed('binary'), data)
})

test('flat has the fields of an event of a resource', () => {
  const { sequence, labels, ...rest } = data
  assert.deepEqual(bodyOf(message, 'flat').headers, { 'content-type': 'application/json' })
  assert.deepEqual(parsed('flat'), {
    eventId: 'message-0001',
    eventType: 'dev.fairlead.flux.ReconciliationFailed',
    timestamp: '2026-11-20T11:59:59.000Z',
    version: sequence,
    sequenceHint: sequence,
    correlation: labels,
    ...rest,
  })
})

test('the bytes are the same in whatever order the ledger gives fields and labels back', () => {
  const shuffled = Object.fromEntries(Object.entries(sampleMessage()).reverse()) as typeof message // the same fields
  shuffled.labels = { env: 'prod', team: 'x' }
  shuffled.subject = Object.fromEntries(Object.entries(message.subject).reverse()) as typeof message.subject
  for (const format of ['structured', 'binary', 'flat'] as const) {
    assert.deepEqual(bodyOf(shuffled, format).bytes, bodyOf(message, format).bytes)
  }
})

test('no character of a text is lost', () => {
  const text = '<b>&amp; \u2028 🚢 "quoted" \\ \u0000'
  const { bytes } = bodyOf(sampleMessage({ text }), 'structured')
  assert.equal(JSON.parse(String(Buffer.from(bytes))).data.text, text)
})

// The examples of the CloudEvents HTTP binding, 3.1.3.2.
const encoded: [text: string, header: string][] = [
  ['Euro € 😀', 'Euro%20%E2%82%AC%20%F0%9F%98%80'],
  ['100%', '100%25'],
  ['say "hi"', 'say%20%22hi%22'],
  ['a\r\nb: c', 'a%0D%0Ab:%20c'],
  ['half \ud83d', 'half%20%EF%BF%BD'],
  ['plain/ASCII-._~!', 'plain/ASCII-._~!'],
]
for (const [text, header] of encoded) {
  test(`${JSON.stringify(text)} is ${header} in a header`, () => assert.equal(headerText(text), header))
}
