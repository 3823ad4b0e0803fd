import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskLine, maskText } from './mask.ts'

const texts: [text: string, masked: string][] = [
  ['postgres://app:s3cr3t-pw@db:5432/shop?sslmode=require', 'postgres://app:[redacted]@db:5432/shop?sslmode=require'],
  ['postgres://:s3cr3t-pw@db/shop', 'postgres://:[redacted]@db/shop'],
  ['at postgres://app:s3cr3t-p@ss/w:"rd@db/shop it failed', 'at postgres://app:[redacted]@db/shop it failed'],
  ['Authorization: Bearer s3cr3t-jwt.part.two', 'Authorization: Bearer [redacted]'],
  ['host=db password=s3cr3t-pw user=app', 'host=db password=[redacted] user=app'],
  ['GET /orders?access_token=s3cr3t-1&page=2', 'GET /orders?access_token=[redacted]&page=2'],
  ['http://db:5432/shop', 'http://db:5432/shop'],
  ['mail to ann@example.com about the token', 'mail to ann@example.com about the token'],
]
for (const [text, masked] of texts) {
  test(`"${masked}" is what is left of a text`, () => assert.equal(maskText(text), masked))
}

const secret = 's3cr3t-value-0001'
const hidden = '[redacted]'
const keys = [
  ...[
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-signature',
    'X-Hub-Signature-256',
  ],
  ...[
    'token',
    'accessToken',
    'ADMIN_FLAGS_TOKEN',
    'password',
    'secret',
    'clientSecret',
    'DATABASE_URL',
    'api_key',
    'apiKey',
    'x-api-key',
  ],
]
for (const key of keys) {
  test(`the value of ${key} is hidden at any depth and of any kind`, () => {
    const line = {
      [key]: secret,
      deep: { list: [{ [key]: [secret, secret] }] },
      object: { [key]: { scheme: secret } },
      number: { [key]: 4711 },
    }
    assert.deepEqual(JSON.parse(maskLine(`${JSON.stringify(line)}\n`)), {
      [key]: hidden,
      deep: { list: [{ [key]: hidden }] },
      object: { [key]: hidden },
      number: { [key]: hidden },
    })
  })
}

test('every string of a line is masked as a text, escaped characters included', () => {
  for (const [text, masked] of texts) {
    const line = maskLine(
      `${JSON.stringify({ level: 'info', err: { stack: `${text}\n  at "here"` }, list: [text] })}\n`,
    )
    assert.deepEqual(JSON.parse(line), { level: 'info', err: { stack: `${masked}\n  at "here"` }, list: [masked] })
  }
})

test('a line without secrets stays as it is, byte for byte', () => {
  const lines = [
    '{"level":"info","msg":"a \\"token\\": word, and the cookie is gone","n":1.0}\n',
    '{"requests":4711,"ok":true,"msg":"x"}\n',
    '{"path":"/orders/1","host":"http://127.0.0.1:8080"}\n',
  ]
  for (const line of lines) assert.equal(maskLine(line), line)
})

test('yes, no and nothing are no secrets', () => {
  assert.deepEqual(JSON.parse(maskLine('{"hasToken":true,"token":null}\n')), { hasToken: true, token: null })
})
