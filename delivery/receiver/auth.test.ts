import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { createAuth, isSigned, signatureHashes, type Verdict } from './auth.ts'

const token = 's3cr3t-webhook-token'
const hmacKey = 's3cr3t-hmac-key'
const password = 's3cr3t-pass:word-ü'
const body = Buffer.from('{"message":"a < b > c & d \u2028 \u{1f6a8}"}')
const signed = (hash: string, bytes: Uint8Array = body, key = hmacKey) =>
  `${hash}=${createHmac(hash, key).update(bytes).digest('hex')}`

// RFC 4231, test case 2 (key "Jefe"): what others compute, not only we ourselves.
const vectors = {
  sha224: 'a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44',
  sha256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  sha384: 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  sha512:
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
}
for (const hash of signatureHashes) {
  test(`${hash}: the vector of RFC 4231 fits, in upper case, too`, () => {
    const data = Buffer.from('what do ya want for nothing?')
    assert.equal(isSigned(`${hash}=${vectors[hash]}`, 'Jefe', data), true)
    assert.equal(isSigned(`${hash}=${vectors[hash].toUpperCase()}`, 'Jefe', data), true)
  })
}

const wrong: [name: string, signature: string][] = [
  ['another key', signed('sha256', body, 's3cr3t-other')],
  ['another body', signed('sha256', Buffer.from(`${body} `))],
  ['the same JSON written by Go', signed('sha256', Buffer.from(String(body).replace('<', '\\u003c')))],
  ['a digest that is too short', signed('sha256').slice(0, -2)],
  ['half a byte too few', signed('sha256').slice(0, -1)],
  ['a digest that is too long', `${signed('sha256')}00`],
  ['half a byte too many', `${signed('sha256')}0`],
  ['the digest of another hash', signed('sha512').replace('sha512', 'sha256')],
  ['a hash that is not on the list', signed('sha1')],
  ['md5', signed('md5')],
  ['a property of objects', `constructor=${'0'.repeat(64)}`],
  ['no hash', signed('sha256').slice(7)],
  ['no digest', 'sha256='],
  ['no hex', `sha256=${'zz'.repeat(32)}`],
  ['nothing', ''],
]
for (const [name, signature] of wrong) {
  test(`a signature with ${name} is refused`, () => {
    assert.equal(isSigned(signature, hmacKey, body), false)
  })
}

const basic = (user: string, pass: string) => `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`
const judged = (credentials: Parameters<typeof createAuth>[0], authorization?: string, signature?: string): Verdict => {
  const credited = createAuth(credentials).judge(authorization, signature)
  return typeof credited === 'string' ? credited : credited.byBody(body)
}
const all = { token, hmacKey, username: 'am', password }
const newKey = 's3cr3t-new-hmac-key'
/** While each of them is being replaced, in both orders. */
const rotated = [
  {
    token: [token, 's3cr3t-new-token'],
    hmacKey: [hmacKey, newKey],
    username: 'am',
    password: [password, 's3cr3t-new'],
  },
  {
    token: ['s3cr3t-new-token', token],
    hmacKey: [newKey, hmacKey],
    username: 'am',
    password: ['s3cr3t-new', password],
  },
]
type Case = [string, Verdict, Parameters<typeof createAuth>[0], (string | undefined)?, string?]
const verdicts: Case[] = [
  ['the token', 'accepted', all, `Bearer ${token}`],
  ['the token, scheme in lower case', 'accepted', all, `bearer ${token}`],
  ['a longer token', 'refused', all, `Bearer ${token}x`],
  ['the token without scheme', 'refused', all, token],
  ['the HMAC key as a token', 'refused', all, `Bearer ${hmacKey}`],
  ['user and password', 'accepted', all, basic('am', password)],
  ['another user', 'refused', all, basic('an', password)],
  ['another password', 'refused', all, basic('am', 's3cr3t-other')],
  ['a signature', 'accepted', all, undefined, signed('sha256')],
  ['a wrong signature', 'refused', all, undefined, signed('sha256', Buffer.from(''))],
  ['a wrong token and a good signature', 'accepted', all, 'Bearer s3cr3t-other', signed('sha512')],
  ['the token and a wrong signature', 'accepted', all, `Bearer ${token}`, 'sha256=00'],
  ['nothing', 'missing', all],
  ...rotated.map(
    (credentials, n): Case => [`the old token beside a new one, ${n}`, 'accepted', credentials, `Bearer ${token}`],
  ),
  ...rotated.map((c, n): Case => [`the new token beside an old one, ${n}`, 'accepted', c, 'Bearer s3cr3t-new-token']),
  ...rotated.map((c, n): Case => [`a third token, ${n}`, 'refused', c, 'Bearer s3cr3t-third']),
  ...rotated.map((c, n): Case => [`the old HMAC key, ${n}`, 'accepted', c, undefined, signed('sha256')]),
  ...rotated.map((c, n): Case => [`the new HMAC key, ${n}`, 'accepted', c, undefined, signed('sha512', body, newKey)]),
  ...rotated.map(
    (c, n): Case => [`a third HMAC key, ${n}`, 'refused', c, undefined, signed('sha256', body, 's3cr3t-3')],
  ),
  ...rotated.map((c, n): Case => [`the old password, ${n}`, 'accepted', c, basic('am', password)]),
  ...rotated.map((c, n): Case => [`the new password, ${n}`, 'accepted', c, basic('am', 's3cr3t-new')]),
  ...rotated.map((c, n): Case => [`a third password, ${n}`, 'refused', c, basic('am', 's3cr3t-3')]),
  ['a signature where none is configured', 'refused', { token }, undefined, signed('sha256')],
  ['an empty token where none is configured', 'refused', { hmacKey }, 'Bearer '],
  ['a password where none is configured', 'refused', { token }, basic('am', password)],
]
for (const [name, verdict, credentials, authorization, signature] of verdicts) {
  test(`${name}: ${verdict}`, () => {
    assert.equal(judged(credentials, authorization, signature), verdict)
  })
}

test('a source without credentials is refused, so that none is open by accident', () => {
  assert.throws(() => createAuth({}), { message: /^expected a token, an HMAC key, or a user name with its password/ })
  assert.throws(() => createAuth({ username: 'am' }))
  assert.throws(() => createAuth({ token: [], hmacKey: [], username: 'am', password: [] }))
})
