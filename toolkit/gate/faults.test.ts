import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Artifact, Source } from '../record/record.ts'
import { faultsOf } from './faults.ts'

const id = `sha256:${'a'.repeat(64)}`
const digest = `sha256:${'b'.repeat(64)}`
const other = `sha256:${'c'.repeat(64)}`
const about = (subject: string) => ({ at: '2026-11-20T10:00:00.000Z', by: 'local:ann@desk', subject })
const file = { path: 'out/sbom', sha256: 'd'.repeat(64) }
const scan = { tool: 'trivy', version: '1', database: 'today', high: 0, critical: 0, accepted: [] }

const source: Source = {
  repository: 'acme/shop',
  commit: 'e'.repeat(40),
  ref: 'refs/heads/main',
  event: 'push',
  dirty: false,
}
const pull: Source = { ...source, ref: 'refs/pull/7/merge', event: 'pull_request', pullRequest: 7 }
const release: Source = { ...source, ref: 'refs/tags/release/1.2.3' }

type Pushed = Artifact & { digest: string }
const chart: Pushed = {
  ...{ kind: 'chart', name: 'ghcr.io/acme/shop/charts/service', id, file: 'out/chart.oci', tags: [], digest },
  push: about(digest),
  signature: { ...about(digest), mode: 'keyless', identity: 'trunk' },
  attestations: [{ ...about(digest), type: 'provenance' }],
  verified: { ...about(digest), as: 'trunk' },
}
const image: Pushed = {
  ...{ ...chart, kind: 'image' },
  containerTest: { ...about(id), line: 'a 1' },
  sbom: { ...about(id), cyclonedx: file, spdx: file },
  scan: { ...about(id), ...scan },
  attestations: [
    { ...about(digest), type: 'provenance' },
    { ...about(digest), type: 'sbom' },
  ],
}
const without = (artifact: Pushed, part: keyof Artifact): Pushed => {
  const { [part]: _, ...rest } = artifact
  return rest as Pushed // the parts taken away below are all optional
}

test('what has everything lacks nothing', () => {
  assert.deepEqual(faultsOf('service', image, source), [])
  assert.deepEqual(faultsOf('chart-service', chart, source), [])
})

const parts: [part: keyof Artifact, what: string, step: string][] = [
  ['containerTest', 'container test', 'container-test'],
  ['sbom', 'SBOM', 'sbom'],
  ['scan', 'scan', 'scan'],
  ['push', 'push', 'push'],
  ['signature', 'signature', 'sign'],
  ['verified', 'verification', 'verify'],
]
for (const [part, what, step] of parts) {
  test(`an image without a ${what} is sent to ./fairlead ${step}`, () => {
    assert.deepEqual(faultsOf('service', without(image, part), source), [
      `service has no ${what}; ./fairlead ${step} brings it`,
    ])
  })
  test(`a ${what} of something else does not count`, () => {
    const fault = faultsOf('service', { ...image, [part]: { ...(image[part] as object), subject: other } }, source)
    const expected = ['push', 'signature', 'verified'].includes(part) ? digest : id
    assert.deepEqual(fault, [
      `the ${what} of service is about ${other}, and this is ${expected}; run ./fairlead ${step} again`,
    ])
  })
}

for (const type of ['provenance', 'sbom'] as const)
  test(`an image without an attested ${type}, or with one of something else`, () => {
    const left = image.attestations?.filter(each => each.type !== type) ?? []
    assert.deepEqual(faultsOf('service', { ...image, attestations: left }, source), [
      `service has no attested ${type}; ./fairlead attest brings it`,
    ])
    const moved = [...left, { ...about(other), type }]
    assert.match(
      faultsOf('service', { ...image, attestations: moved }, source).join(),
      new RegExp(`attested ${type} of service is about`),
    )
    // One of an earlier run beside the right one does no harm.
    assert.deepEqual(
      faultsOf('service', { ...image, attestations: [...moved, { ...about(digest), type }] }, source),
      [],
    )
  })

test('a chart needs no container test, scan or SBOM, but a signature and a provenance', () => {
  const bare = without(without(chart, 'signature'), 'attestations')
  assert.deepEqual(faultsOf('chart-service', bare, source), [
    'chart-service has no signature; ./fairlead sign brings it',
    'chart-service has no attested provenance; ./fairlead attest brings it',
  ])
})

test('one grave finding is one too many', () => {
  for (const found of [{ high: 1 }, { critical: 1 }])
    assert.match(
      faultsOf('service', { ...image, scan: { ...about(id), ...scan, ...found } }, source).join(),
      /findings/,
    )
})

test('who signs has to be who builds: what a pull request signed is nothing to main or to a release', () => {
  const asPull: Pushed = { ...image, verified: { ...about(digest), as: 'pull-request' } }
  assert.deepEqual(faultsOf('service', asPull, pull), [])
  assert.deepEqual(faultsOf('service', asPull, source), [
    'service is verified as pull-request, and this is the work of trunk; ./fairlead verify',
  ])
  assert.match(faultsOf('service', asPull, release).join(), /the work of trunk or release/)
  assert.match(faultsOf('service', image, pull).join(), /verified as trunk, and this is the work of pull-request/)
})

test('a release takes up what main has tested, and asks only what the registry shows', () => {
  const found = ['containerTest', 'sbom', 'scan', 'push'].reduce(
    (left, part) => without(left, part as keyof Artifact),
    image,
  )
  assert.deepEqual(faultsOf('service', found, release), [])
  assert.deepEqual(faultsOf('service', without(found, 'signature'), release), [
    'service has no signature; ./fairlead sign brings it',
  ])
})
