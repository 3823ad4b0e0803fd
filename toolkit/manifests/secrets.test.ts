import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { plainSecrets, withoutSops } from './secrets.ts'

const encrypted = 'ENC[AES256_GCM,data:0m0=,iv:0m0=,tag:0m0=,type:str]'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const cases: [what: string, object: object, plain: string[]][] = [
  ['what SOPS encrypted', { stringData: { a: encrypted }, data: { b: encrypted } }, []],
  ['a value beside encrypted ones', { stringData: { a: encrypted, b: 's3cr3t-b' }, sops: {} }, ['b']],
  ['a value in base64', { data: { a: base64('s3cr3t-a') } }, ['a']],
  ['a public key', { stringData: { a: publicKey }, data: { b: base64(publicKey) } }, []],
  ['a private key', { stringData: { a: privateKey } }, ['a']],
  ['a value behind a public key', { stringData: { a: `${publicKey}s3cr3t-a` } }, ['a']],
  ['a number', { stringData: { a: 1234 } }, ['a']],
  ['a place for a value', { stringData: { headers: 'Authorization: Bearer REPLACE-ME' } }, []],
]
for (const [what, object, plain] of cases)
  test(`${what} in a Secret is ${plain.length > 0 ? 'seen' : 'left alone'}`, () =>
    assert.deepEqual(plainSecrets({ kind: 'Secret', ...object }), plain))

test('other kinds may say what they want', () => {
  assert.deepEqual(plainSecrets({ kind: 'ConfigMap', data: { a: 'b' } }), [])
})

test('Flux takes what SOPS added off an object', () => {
  assert.deepEqual(withoutSops({ kind: 'Secret', sops: { version: '3' } }), { kind: 'Secret' })
})
