import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { readPlace, seeRepository } from './place.ts'

const name = 'acme/hello-world'
const pull = (head: string | null) => ({
  pull_request: { number: 7, head: { sha: 'a', repo: head === null ? null : { full_name: head } } },
})
const see = (payload: Parameters<typeof seeRepository>[0]) => seeRepository(payload, name)

test('visibility and owner are those of the event', () => {
  const repository = { visibility: 'public', private: false, owner: { type: 'User' } }
  assert.deepEqual(see({ repository }), { visibility: 'public', owner: 'user', fork: false })
  assert.equal(see({ repository: { visibility: 'internal' } }).visibility, 'internal')
  assert.equal(see({ repository: { private: false } }).visibility, 'public')
})

test('what the event does not say is private', () => {
  const secret = { visibility: 'private', owner: 'organization', fork: false }
  assert.deepEqual(see({}), secret)
  assert.deepEqual(see({ repository: {} }), secret)
  assert.deepEqual(see({ repository: { visibility: 'of another kind' } }), secret)
})

test('a pull request of another repository, or of one that is gone, is of a fork', () => {
  assert.equal(see(pull(name)).fork, false)
  assert.equal(see(pull('mallory/hello-world')).fork, true)
  assert.equal(see(pull(null)).fork, true)
})

test('keys, tokens and wishes are those of the environment', async () => {
  await using folder = await createFolder()
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1', COSIGN_PRIVATE_KEY: 's3cr3t-key', SIGNING: 'key' }
  const place = await readPlace({ root: folder.path, env })
  assert.equal(place.where, 'laptop')
  assert.deepEqual([place.hasToken, place.hasKey, place.hasPublicKeys, place.wanted], [false, true, false, 'key'])
  await mkdir(join(folder.path, '.github/keys'), { recursive: true })
  await writeFile(join(folder.path, '.github/keys/trunk.pub'), '')
  assert.equal((await readPlace({ root: folder.path, env })).hasPublicKeys, true)
  await assert.rejects(readPlace({ root: folder.path, env: { SIGNING: 'yes' } }), {
    message: 'SIGNING: expected keyless, key or off, got "yes"',
  })
})
