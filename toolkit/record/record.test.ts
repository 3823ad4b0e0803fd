import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createContext } from '../testing/context.ts'
import { createFolder } from '../testing/folder.ts'
import { pushedArtifacts, withArtifact } from './needs.ts'
import { type BuildRecord, entry, parseRecord, readRecord, updateRecord, writeRecord } from './record.ts'

const id = `sha256:${'a'.repeat(64)}`
const record: BuildRecord = {
  version: 1,
  source: { repository: 'local', commit: 'b'.repeat(40), ref: 'refs/heads/main', event: 'local', dirty: false },
  tags: [],
  artifacts: { service: { kind: 'image', name: 'ghcr.io/acme/shop/service', id, file: 'out/service.tar', tags: [] } },
}

test('a record is read as it was written, and nothing else is left in its folder', async () => {
  await using folder = await createFolder()
  const context = createContext({ root: folder.path })
  await writeRecord(context, record)
  const changed = await updateRecord(context, now => withArtifact(now, 'service', { push: entry(context, id) }))
  assert.deepEqual(await readRecord(context), changed)
  assert.deepEqual(await readdir(join(folder.path, 'out')), ['record.json'])
})

test('BUILD_RECORD names another file', async () => {
  await using folder = await createFolder()
  const context = createContext({ root: folder.path, env: { BUILD_RECORD: 'elsewhere/it.json' } })
  await writeRecord(context, record)
  assert.deepEqual(await readdir(join(folder.path, 'elsewhere')), ['it.json'])
})

test('without a record somebody is told which step begins one', async () => {
  await using folder = await createFolder()
  await assert.rejects(readRecord({ root: folder.path, env: {} }), {
    message: `there is no build record ${folder.path}/out/record.json; ./fairlead image-tag begins one, ./fairlead build adds the images`,
  })
})

test('what would not be read again is not written, and the old one stays', async () => {
  await using folder = await createFolder()
  const context = { root: folder.path, env: {} }
  await mkdir(join(folder.path, 'out'))
  await writeFile(join(folder.path, 'out/record.json'), JSON.stringify(record))
  await assert.rejects(updateRecord(context, now => withArtifact(now, 'service', { digest: 'sha256:short' })))
  assert.equal(await readFile(join(folder.path, 'out/record.json'), 'utf8'), JSON.stringify(record))
})

const service = record.artifacts.service
const refused: [what: string, record: unknown, complaint: RegExp][] = [
  ['an unknown key', { ...record, more: 1 }, /more: /],
  ['another version', { ...record, version: 2 }, /version: expected 1; another version of the toolkit wrote it/],
  [
    'a short commit',
    { ...record, source: { ...record.source, commit: 'abc' } },
    /source\.commit: expected a commit of 40/,
  ],
  [
    'a bad digest',
    { ...record, artifacts: { service: { ...service, digest: 'latest' } } },
    /service\.digest: expected sha256/,
  ],
  [
    'an entry about a tag',
    { ...record, artifacts: { service: { ...service, push: { ...entry({ env: {} }, 'latest') } } } },
    /push\.subject/,
  ],
  ['a negative count', { ...record, artifacts: { service: { ...service, scan: { high: -1 } } } }, /scan\.high/],
]

for (const [what, value, complaint] of refused) {
  test(`${what} is refused`, () => assert.throws(() => parseRecord(JSON.stringify(value), 'it'), complaint))
}

test('half a record is refused in one sentence', () => {
  assert.throws(
    () => parseRecord('{', 'out/record.json'),
    /^Error: out\/record\.json is not JSON: .*; begin again with/,
  )
})

test('an entry says who: the run of a workflow, or a person at a machine', () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '42', GITHUB_ACTOR: 'ann' }
  const event = { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_SHA: 'b'.repeat(40) }
  assert.equal(entry({ env: { ...env, ...event } }, id).by, 'github:ann https://github.com/acme/shop/actions/runs/42')
  assert.match(entry({ env: { USER: 'ann' } }, id).by, /^local:ann@./)
})

test('what was kept from the registry on purpose is skipped, and what was forgotten is an error', () => {
  assert.throws(() => pushedArtifacts(record), {
    message: 'service is not in a registry yet; ./fairlead push brings it there',
  })
  const skipped = withArtifact(record, 'service', { skipped: [{ step: 'push', reason: 'a fork' }] })
  assert.throws(() => pushedArtifacts(skipped), { name: 'Skipped', message: 'service was not pushed: a fork' })
  assert.throws(() => pushedArtifacts({ ...record, artifacts: {} }), /neither an image nor a chart/)
})
