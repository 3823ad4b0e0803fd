import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Artifact, BuildRecord } from '../record/record.ts'
import { identitiesFile, parseIdentities } from '../signing/identities.ts'
import { Skipped } from '../verdict.ts'
import { gatedArtifact } from './gated.ts'

const identities = parseIdentities(await readFile(join(import.meta.dirname, '../..', identitiesFile), 'utf8'))
const digest = `sha256:${'a'.repeat(64)}`
const other = `sha256:${'b'.repeat(64)}`
const entry = { at: '2026-11-21T07:00:00.000Z', by: 'local:octo@laptop', subject: digest }
const good: Artifact = {
  kind: 'image',
  name: 'ghcr.io/acme/shop/service',
  id: other,
  file: 'out/service.tar',
  tags: ['latest'],
  digest,
  verified: { ...entry, as: 'trunk' },
  gate: { ...entry, tags: ['latest'] },
}
const source = { repository: 'acme/shop', commit: 'c'.repeat(40), ref: 'refs/heads/main', event: 'push', dirty: false }

function ask(change: Partial<Artifact>, environment: 'nonprod' | 'prod' = 'nonprod', dirty = false) {
  const service = Object.fromEntries(
    Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined),
  ) as Artifact // only optional ones are left out
  const record: BuildRecord = { version: 1, source: { ...source, dirty }, tags: [], artifacts: { service } }
  return gatedArtifact(record, 'service', environment, { identities, file: 'out/record.json' })
}

test('what the gate let through is promoted', () => {
  assert.equal(ask({}).digest, digest)
  assert.equal(ask({}, 'prod').digest, digest)
  assert.equal(ask({ verified: { ...entry, as: 'release' } }, 'prod').digest, digest)
})

const absent = undefined as unknown as never // a key that the test takes out
const refused: [what: string, change: Partial<Artifact>, environment: 'nonprod' | 'prod', message: RegExp][] = [
  [
    'never pushed',
    { digest: absent },
    'nonprod',
    /service is not promoted to nonprod: it was not pushed; run \.\/fairlead push/,
  ],
  ['no gate', { gate: absent }, 'prod', /not promoted to prod: the gate has not allowed it/],
  [
    'a gate about another digest',
    { gate: { ...entry, subject: other, tags: [] } },
    'nonprod',
    /the gate allowed sha256:b{64}, and this is sha256:a{64}/,
  ],
  [
    'no verified signature',
    { verified: absent },
    'prod',
    /its signature was not verified; run \.\/fairlead verify --for prod/,
  ],
  [
    'a signature of another digest',
    { verified: { ...entry, subject: other, as: 'trunk' } },
    'prod',
    /its signature was not verified/,
  ],
  [
    'a pull request into nonprod',
    { verified: { ...entry, as: 'pull-request' } },
    'nonprod',
    /it is signed as pull-request, and nonprod takes trunk only/,
  ],
  [
    'a pull request into prod',
    { verified: { ...entry, as: 'pull-request' } },
    'prod',
    /signed as pull-request, and prod takes trunk and release only/,
  ],
  [
    'a release into nonprod',
    { verified: { ...entry, as: 'release' } },
    'nonprod',
    /signed as release, and nonprod takes trunk only/,
  ],
]
for (const [what, change, environment, message] of refused)
  test(`refused: ${what}`, () => assert.throws(() => ask(change, environment), message))

test('refused: files that no commit has', () =>
  assert.throws(() => ask({}, 'nonprod', true), /commit them and build again/))

test('refused: an artifact that the record does not know', () => {
  const record = { version: 1, source, tags: [], artifacts: { delivery: good } } as const
  const place = { identities, file: 'out/record.json' }
  assert.throws(
    () => gatedArtifact({ ...record, tags: [] }, 'service', 'prod', place),
    /out\/record\.json knows delivery; --artifact names another/,
  )
})

test('where a step was skipped, so is the promotion, with its reason', () => {
  const skipped = [{ step: 'sign', reason: 'a laptop has no identity' }]
  assert.throws(
    () => ask({ gate: absent, verified: absent, skipped }),
    (error: Error) => {
      assert.ok(error instanceof Skipped)
      assert.match(error.message, /sign was skipped \(a laptop has no identity\)/)
      return true
    },
  )
})
