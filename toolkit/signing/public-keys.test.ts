import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { fingerprintOf, readPublicKeys } from './public-keys.ts'
import { parseReference } from './reference.ts'

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const asPem = ({ publicKey }: ReturnType<typeof pair>) => publicKey.export({ type: 'spki', format: 'pem' }).toString()

async function open(t: TestContext, files: Record<string, string>) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  await mkdir(join(folder.path, '.github/keys'), { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, '.github/keys', name), text)
  return folder.path
}

test('each identity that has a key is told by its fingerprint', async t => {
  const [one, two] = [asPem(pair()), asPem(pair())]
  const root = await open(t, { 'trunk.pub': one, 'release.pub': `${two}\n` })
  assert.deepEqual(await readPublicKeys(root), [
    { name: 'trunk', file: '.github/keys/trunk.pub', fingerprint: fingerprintOf(one, 'one') },
    { name: 'release', file: '.github/keys/release.pub', fingerprint: fingerprintOf(two, 'two') },
  ])
  assert.deepEqual(await readPublicKeys(await open(t, {})), [])
})

test('a private key in the place of a public one is refused without showing it', async t => {
  const pem = pair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await assert.rejects(readPublicKeys(await open(t, { 'trunk.pub': pem })), {
    message: '.github/keys/trunk.pub holds a private key; delete it, and make new keys: it must never be in git',
  })
})

test('what is no key is refused', async t => {
  await assert.rejects(
    readPublicKeys(await open(t, { 'trunk.pub': 'ssh-ed25519 AAAA' })),
    /expected a public key as PEM/,
  )
})

const digest = `sha256:${'0a'.repeat(32)}`
const references = [
  'acme/app',
  'ghcr.io/acme/app:1.2.3',
  `ghcr.io/acme/app:1@${digest}`,
  `ghcr.io/acme/app@${digest.slice(0, -1)}`,
  `ghcr.io/Acme/app@${digest}`,
]
for (const reference of references)
  test(`${reference} is no digest to sign`, () => assert.throws(() => parseReference(reference), /expected/))

test('a digest of a repository is', () => {
  assert.deepEqual(parseReference(`127.0.0.1:5000/acme/app@${digest}`), { name: '127.0.0.1:5000/acme/app', digest })
})
