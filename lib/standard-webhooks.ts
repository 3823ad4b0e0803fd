import { createHmac, timingSafeEqual } from 'node:crypto'

// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, the symmetric scheme (v1).

/** The key inside a `whsec_…` secret. */
export type SigningKey = Uint8Array

const toleranceMs = 5 * 60_000

const prefix = 'whsec_'
const minBytes = 24
const maxBytes = 64
const advice = `make one with: echo "${prefix}$(openssl rand -base64 32)"`

/** Throws a sentence that says what is wrong with the secret, never the secret. */
export function parseSecret(text: string): SigningKey {
  if (text === '') throw new Error(`the signing secret is empty; ${advice}`)
  if (!text.startsWith(prefix))
    throw new Error(`a signing secret starts with "${prefix}", and this one does not; ${advice}`)
  const base64 = text.slice(prefix.length).replace(/={1,2}$/, '')
  const key = Buffer.from(base64, 'base64')
  // Node skips what is not base64, so that a typing mistake would silently make another key.
  if (key.toString('base64').replace(/=+$/, '') !== base64) {
    throw new Error(`after "${prefix}" a signing secret is base64, and this one is not; ${advice}`)
  }
  if (key.length < minBytes || key.length > maxBytes) {
    throw new Error(`a signing secret holds ${minBytes} to ${maxBytes} bytes, and this one ${key.length}; ${advice}`)
  }
  return key
}

/** What is signed: the three parts of one attempt. `timestamp` is in seconds. */
export type Signed = { id: string; timestamp: number; body: Uint8Array }

/** The value of `webhook-signature`: one signature per key, so that a receiver with the old or the new one is content. */
export const sign = (keys: readonly SigningKey[], signed: Signed): string =>
  keys.map(key => `v1,${digest(key, signed).toString('base64')}`).join(' ')

const digest = (key: SigningKey, { id, timestamp, body }: Signed) =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()

/** The headers as they arrived. */
export type SignatureHeaders = { id: string; timestamp: string; signature: string }

export type Verdict = { valid: true } | { valid: false; because: string }

/** Whether one of the keys signed this body within five minutes of `now` (ms), either way. */
export function verify(
  keys: readonly SigningKey[],
  { id, timestamp, signature }: SignatureHeaders,
  body: Uint8Array,
  now: number,
): Verdict {
  if (!/^\d{1,12}$/.test(timestamp)) return invalid('webhook-timestamp is not a number of seconds')
  const age = now - Number(timestamp) * 1000
  if (age > toleranceMs) return invalid(`the signature is ${Math.round(age / 1000)} s old; at most 300 s are accepted`)
  if (age < -toleranceMs)
    return invalid(`the signature is ${Math.round(-age / 1000)} s in the future; compare the clocks`)
  const given = signature.split(' ').filter(each => each.startsWith('v1,'))
  if (given.length === 0) return invalid('webhook-signature holds no v1 signature')
  const signed = { id, timestamp: Number(timestamp), body }
  // Every pair is compared, and each in constant time: how long it takes says nothing about the right signature.
  const matches = keys.flatMap(key => {
    const right = digest(key, signed)
    return given.map(each => isEqual(Buffer.from(each.slice(3), 'base64'), right))
  })
  return matches.includes(true) ? { valid: true } : invalid('no signature fits this id, timestamp, body and secret')
}

const isEqual = (given: Uint8Array, right: Uint8Array) => given.length === right.length && timingSafeEqual(given, right)

const invalid = (because: string): Verdict => ({ valid: false, because })

/** `sha256=<hex>` over the body alone: GitHub's X-Hub-Signature-256 and the X-Signature of Flux's generic-hmac. */
export const signBody = (key: SigningKey, body: Uint8Array): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`
