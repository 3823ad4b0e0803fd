import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fluxEvent } from '../testing/flux-event.ts'
import { parseFluxEvent } from './flux.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const parse = (fields: Record<string, unknown> = {}) => parseFluxEvent(fluxEvent(fields), 'flux', NOW)

test('an event becomes what rules, episodes and sinks need', () => {
  const revision = 'main@sha1:4b825dc642cb6eb9a060e54bf8d69288fbee4904'
  assert.deepEqual(parse(), {
    type: 'dev.fairlead.flux.HealthCheckFailed',
    source: '/flux/kustomize-controller',
    input: 'flux',
    subject: {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      namespace: 'flux-system',
      name: 'apps',
      uid: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    },
    time: '2026-11-20T10:00:00.000Z',
    severity: 'error',
    reason: 'HealthCheckFailed',
    title: 'Kustomization flux-system/apps: HealthCheckFailed',
    text: 'health check failed after 2.08s: timeout waiting for Deployment/default/api',
    labels: { revision },
    revision,
    controller: 'kustomize-controller',
    state: 'firing',
    episode: 'flux/Kustomization/flux-system/apps/6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    repeats: 'summed',
  })
})

test('F1: what Flux adds some day is accepted: keys anywhere, fieldPath, metadata of any kind', () => {
  const event = parse({
    tomorrow: { nested: [1, 2, 3] },
    involvedObject: { fieldPath: 'spec.containers{api}', resourceVersion: '123', tomorrow: true },
    metadata: { originRevision: 'sha256:abc', env: 'prod', cluster: 'eu-1', weight: 5, list: ['a'], none: null },
  })
  assert.equal(event.subject.name, 'apps')
  assert.equal(event.labels.env, 'prod')
  assert.equal(event.labels.weight, '5')
  assert.equal(event.labels.list, '["a"]')
  assert.equal('none' in event.labels, false)
})

test('metadata keys come with and without the prefix of their group; without wins', () => {
  assert.equal(parse({ metadata: { revision: null, 'kustomize.toolkit.fluxcd.io/revision': 'v1' } }).revision, 'v1')
  const both = parse({
    metadata: { revision: 'v2', 'kustomize.toolkit.fluxcd.io/revision': 'v1', 'event.toolkit.fluxcd.io/env': 'prod' },
  })
  assert.deepEqual([both.revision, both.labels.env], ['v2', 'prod'])
  assert.equal(parse({ metadata: { revision: null, 'example.com/team': 'a' } }).labels['example.com/team'], 'a')
})

test('a HelmRelease has its keys, too', () => {
  const event = parse({
    involvedObject: { kind: 'HelmRelease' },
    reason: 'UpgradeFailed',
    metadata: { revision: '1.2.3+4', 'helm.toolkit.fluxcd.io/app-version': '9.0' },
  })
  assert.equal(event.title, 'HelmRelease flux-system/apps: UpgradeFailed')
  assert.equal(event.labels['app-version'], '9.0')
  assert.equal(event.revision, '1.2.3+4')
})

test('a message of 39,000 characters stays whole', () => {
  const message = '\u{1f6a8}'.repeat(19_500)
  assert.equal(parse({ message }).text, message)
})

test('F9: a change log (info, Progressing) is an event like any other', () => {
  const { severity, state, reason } = parse({ severity: 'info', reason: 'Progressing', message: '' })
  assert.deepEqual({ severity, state, reason }, { severity: 'info', state: 'event', reason: 'Progressing' })
})

for (const [given, severity, state] of [
  ['info', 'info', 'event'],
  ['trace', 'info', 'event'],
  ['error', 'error', 'firing'],
  ['of tomorrow', 'warning', 'firing'],
  ['constructor', 'warning', 'firing'],
] as const) {
  test(`severity ${given} is ${severity}`, () => {
    const event = parse({ severity: given, reason: 'Any' })
    assert.deepEqual([event.severity, event.state], [severity, state])
  })
}

test('the summary of the Alert stands before the message', () => {
  assert.equal(parse({ message: 'failed', metadata: { summary: 'Cluster eu-1' } }).text, 'Cluster eu-1\nfailed')
})

test('a link is a metadata value that is an address; the key link comes first', () => {
  assert.equal(
    parse({ metadata: { dashboard: 'https://grafana.example.com/d/1' } }).link,
    'https://grafana.example.com/d/1',
  )
  assert.equal(
    parse({ metadata: { a: 'https://a.example.com', link: 'https://b.example.com' } }).link,
    'https://b.example.com',
  )
  for (const value of ['javascript:alert(1)', 'ftp://example.com', 'see https://example.com', 'https://exa mple.com'])
    assert.equal(parse({ metadata: { link: value } }).link, undefined, value)
})

test('a time that is absent or zero is the time of arrival; any other is told in UTC', () => {
  for (const timestamp of [null, undefined, '', '0001-01-01T00:00:00Z'])
    assert.equal(parse({ timestamp }).time, '2026-11-20T12:00:00.000Z')
  assert.equal(parse({ timestamp: '2026-11-20T12:00:00.5+02:00' }).time, '2026-11-20T10:00:00.500Z')
})

test('an object without a namespace, of another cluster, has its own episode', () => {
  const subject = { namespace: undefined, uid: undefined }
  const { title, episode } = parse({ involvedObject: subject, metadata: { cluster: 'eu-1' } })
  assert.equal(title, 'Kustomization apps: HealthCheckFailed')
  assert.equal(episode, 'flux/Kustomization//apps/eu-1')
})

test('names that would break a source or type are encoded or dropped', () => {
  const event = parse({ reportingController: 'a b/c', reason: 'Not Ready!' })
  assert.equal(event.source, '/flux/a%20b%2Fc')
  assert.equal(event.type, 'dev.fairlead.flux.NotReady')
  assert.equal(event.reason, 'Not Ready!')
})

const mistakes: [fields: Record<string, unknown>, sentence: string][] = [
  [{ involvedObject: { kind: '' } }, 'involvedObject.kind: expected text that is not empty, got ""'],
  [{ involvedObject: { name: 5 } }, 'involvedObject.name: expected text that is not empty, got 5'],
  [{ severity: undefined }, 'severity: expected text that is not empty, got nothing'],
  [{ reason: '' }, 'reason: expected text that is not empty, got ""'],
  [{ message: undefined }, 'message: expected text, got nothing'],
  [{ timestamp: 'yesterday' }, 'timestamp: expected a time as RFC 3339 has it, got "yesterday"'],
  [{ timestamp: '2026-13-45T99:00:00Z' }, 'timestamp: expected a time as RFC 3339 has it, got "2026-13-45T99:00:00Z"'],
]
for (const [fields, message] of mistakes) {
  test(`refused: ${message}`, () => {
    assert.throws(() => parse(fields), { name: 'BadEvent', message })
  })
}

test('what is no event at all is refused', () => {
  for (const body of [null, [], 'text', 5]) assert.throws(() => parseFluxEvent(body, 'flux', NOW), { name: 'BadEvent' })
  assert.throws(() => parseFluxEvent({}, 'flux', NOW), { message: 'involvedObject: expected an object, got nothing' })
  assert.throws(() => parseFluxEvent({ ...fluxEvent(), metadata: 'x'.repeat(100) }, 'flux', NOW), {
    message: `metadata: expected an object, got "${'x'.repeat(59)}…`,
  })
})
