import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSecret, sign, signBody, verify } from './standard-webhooks.ts'

const page = readFileSync(new URL('../docs/webhooks.md', import.meta.url), 'utf8')

// The table of the page for receivers: the vector that the libraries of Standard Webhooks share, and two of ours, which
// were computed with Python's hmac.
const vectors = page
  .split('\n')
  .filter(line => line.startsWith('| `whsec_'))
  .map(line => line.split('|').map(cell => cell.trim().replaceAll('`', '')))
  .map(([, secret = '', id = '', timestamp = '', body = '', signature = '']) => ({
    ...{ secret, id, timestamp: Number(timestamp), body: body === 'empty' ? '' : body, signature },
  }))

test('the page for receivers has three vectors', () => assert.equal(vectors.length, 3))

test('the example of the page for receivers accepts what is signed and refuses what is not', async t => {
  const [, example = ''] = /```ts\n(.*?)```/s.exec(page) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'example-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'example.mts'), `${example}\nexport { isValid }\n`)
  const { isValid } = await import(join(folder, 'example.mts'))
  const secrets = [secretOf(24), secretOf(32)]
  const body = Buffer.from('{"a":1}')
  const accepts = (secret: string, timestamp: number, sent = body) => {
    const signature = sign(secrets.map(parseSecret), { id: 'm1', timestamp, body })
    const headers = { 'webhook-id': 'm1', 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
    return isValid(secret, new Headers(headers), sent)
  }
  const seconds = Math.floor(Date.now() / 1000)
  assert.deepEqual(
    secrets.map(secret => accepts(secret, seconds)),
    [true, true],
  )
  assert.equal(accepts(secretOf(40), seconds), false)
  assert.equal(accepts(secretOf(32), seconds - 400), false)
  assert.equal(accepts(secretOf(32), seconds, Buffer.from('{}')), false)
})

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 's3cr3t-key').toString('base64')}`
const signed = { id: 'm1', timestamp: 1_795_000_000, body: Buffer.from('{"a":"<&>\u2028🚢"}') }
const now = signed.timestamp * 1000
const headers = (signature: string, over = {}) => ({ id: 'm1', timestamp: '1795000000', signature, ...over })

for (const { secret, id, timestamp, body, signature } of vectors) {
  test(`the vector ${id} is signed and verified`, () => {
    const keys = [parseSecret(secret)]
    assert.equal(sign(keys, { id, timestamp, body: Buffer.from(body) }), signature)
    const given = { id, timestamp: String(timestamp), signature }
    assert.deepEqual(verify(keys, given, Buffer.from(body), timestamp * 1000), { valid: true })
  })
}

const refused: [what: string, secret: string, message: RegExp][] = [
  ['an empty secret', '', /is empty; make one with/],
  ['a secret without its prefix', Buffer.alloc(32, 's3cr3t-').toString('base64'), /starts with "whsec_"/],
  ['text that is not base64', 'whsec_s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-', /is base64, and this one is not/],
  ['white space at its end', `${secretOf(32)}\n`, /is base64, and this one is not/],
  ['23 bytes', secretOf(23), /24 to 64 bytes, and this one 23/],
  ['65 bytes', secretOf(65), /24 to 64 bytes, and this one 65/],
]
for (const [what, secret, message] of refused) {
  test(`${what} is refused with a sentence that does not show it`, () => {
    const error = caught(() => parseSecret(secret))
    assert.match(error.message, message)
    if (secret !== '') assert.ok(!error.message.includes(secret.slice(-10)))
  })
}

test('24 and 64 bytes are secrets, with and without padding', () => {
  for (const bytes of [24, 25, 26, 64]) {
    assert.equal(parseSecret(secretOf(bytes)).length, bytes)
    assert.equal(parseSecret(secretOf(bytes).replaceAll('=', '')).length, bytes)
  }
})

test('during a rotation each side may have the old key, the new one or both', () => {
  const [older, newer] = [parseSecret(secretOf(24)), parseSecret(secretOf(32))]
  const both = sign([newer, older], signed)
  assert.match(both, /^v1,[\w+/]+= v1,[\w+/]+=$/)
  for (const keys of [[older], [newer], [newer, older]]) {
    assert.deepEqual(verify(keys, headers(both), signed.body, now), { valid: true })
  }
  assert.equal(verify([older], headers(sign([newer], signed)), signed.body, now).valid, false, 'the old one is gone')
})

const key = parseSecret(secretOf(32))
const good = sign([key], signed)

const cheats: [what: string, given: ReturnType<typeof headers>, body: Buffer, because: RegExp][] = [
  ['another body', headers(good), Buffer.from('{}'), /no signature fits/],
  ['another id', headers(good, { id: 'm2' }), signed.body, /no signature fits/],
  ['another timestamp', headers(good, { timestamp: '1795000001' }), signed.body, /no signature fits/],
  ['a shorter signature', headers(good.slice(0, -8)), signed.body, /no signature fits/],
  ['no signature', headers(''), signed.body, /holds no v1/],
  ['another version', headers(good.replace('v1,', 'v1a,')), signed.body, /holds no v1/],
  ['a timestamp in words', headers(good, { timestamp: 'now' }), signed.body, /not a number of seconds/],
  ['a fraction', headers(good, { timestamp: '1795000000.0' }), signed.body, /not a number of seconds/],
]
for (const [what, given, body, because] of cheats) {
  test(`${what} does not verify`, () => {
    const verdict = verify([key], given, body, now)
    assert.match(verdict.valid ? 'valid' : verdict.because, because)
  })
}

for (const [ageMs, valid] of [
  [299_999, true],
  [300_000, true],
  [300_001, false],
  [-300_000, true],
  [-300_001, false],
] as const) {
  test(`a signature of ${ageMs} ms ago is ${valid ? 'accepted' : 'refused'}`, () => {
    assert.equal(verify([key], headers(good), signed.body, now + ageMs).valid, valid)
  })
}

test('a signature over the body alone is the one of GitHub', () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  assert.equal(
    signBody(Buffer.from("It's a Secret to Everybody"), Buffer.from('Hello, World!')),
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  )
})

function caught(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
