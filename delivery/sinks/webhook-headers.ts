import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http'
import { parseSecret, type SigningKey, sign, signBody } from '../../lib/standard-webhooks.ts'
import type { Message } from '../message.ts'
import { type Body, headerText } from './bodies.ts'

export type Signing = {
  /** Standard Webhooks secrets (`whsec_…`), newest first; the old one stays until every receiver has the new one. */
  signingKeys: readonly { secret: string; until?: number }[]
  /** Adds `X-<prefix>-Signature`, `-Event-Id` and `-Event-Type`. */
  headerPrefix?: string
  /** Adds `sha256=<hex>` over the body under these names too. */
  bodySignatures: readonly ('X-Signature' | 'X-Hub-Signature-256')[]
  /** What receivers of the `sha256=` signatures have as their secret, as text; without it, the bytes of the newest key. */
  bodySecret?: string
}

/** The headers of one attempt. The id stays; the timestamp, and so the signature, belongs to the attempt. */
export type SignHeaders = (message: Message, body: Body, now: number) => OutgoingHttpHeaders

/** Throws when a secret is wrong, or when a signature is asked for that has no key. */
export function createSigner({ signingKeys, headerPrefix, bodySignatures, bodySecret }: Signing): SignHeaders {
  const keys = signingKeys.map(({ secret, until = Number.POSITIVE_INFINITY }) => ({ key: parseSecret(secret), until }))
  const plain = bodySecret === undefined ? keys[0]?.key : Buffer.from(bodySecret)
  if (bodySecret === '') throw new Error('the secret of the body signature is empty')
  if (bodySignatures.length > 0 && plain === undefined) {
    throw new Error(`${bodySignatures.join(', ')}: needs a signing key`)
  }
  const names = [...bodySignatures, ...(headerPrefix === undefined ? [] : [`X-${headerPrefix}-Signature`])]
  return (message, { bytes }, now) => {
    const id = webhookId(message.id)
    const timestamp = Math.floor(now / 1000)
    const valid = keys.filter(({ until }) => now < until).map(({ key }) => key)
    return {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...(valid.length > 0 && { 'webhook-signature': sign(valid, { id, timestamp, body: bytes }) }),
      ...(headerPrefix !== undefined && {
        [`X-${headerPrefix}-Event-Id`]: id,
        [`X-${headerPrefix}-Event-Type`]: headerText(message.type),
      }),
      ...(plain !== undefined && bodyHeaders(names, plain, bytes)),
    }
  }
}

const bodyHeaders = (names: readonly string[], key: SigningKey, body: Uint8Array) =>
  names.length === 0 ? {} : Object.fromEntries(names.map(name => [name, signBody(key, body)]))

// The dot separates the parts of what is signed, so an id has none.
const webhookId = (id: string) => headerText(id).replaceAll('.', '%2E')

const reserved = new RegExp(
  '^(webhook-(id|timestamp|signature)|ce-.*|content-(type|length|encoding)|host|connection|keep-alive|te|trailer|' +
    'transfer-encoding|upgrade|expect|x-signature|x-hub-signature-256)$',
  'i',
)

/** Throws when a header of the configuration would break the request, or stand for one that is given by us. */
export function checkHeaders(headers: Readonly<Record<string, string>>, headerPrefix?: string): void {
  for (const [name, value] of Object.entries(headers)) {
    const isOurs = headerPrefix !== undefined && name.toLowerCase().startsWith(`x-${headerPrefix.toLowerCase()}-`)
    if (reserved.test(name) || isOurs) throw new Error(`headers: "${name}" is set by the webhook itself`)
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch (cause) {
      throw new Error(`headers: "${name}" is no valid header; the value is not shown`, { cause })
    }
  }
}
