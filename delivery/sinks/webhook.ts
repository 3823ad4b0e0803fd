import { type BodyFormat, bodyOf } from './bodies.ts'
import { type ConnectionOptions, createHttpSink, type SinkTools, secretParts } from './http-sink.ts'
import type { Sink } from './sink.ts'
import { outcomeOf } from './status.ts'
import { createRedactor } from './text.ts'
import { checkHeaders, createSigner, type Signing } from './webhook-headers.ts'

export type WebhookOptions = ConnectionOptions &
  Partial<Signing> & {
    url: string
    method?: 'POST' | 'PUT' | 'PATCH'
    format?: BodyFormat
    /** Sent as a bearer token. */
    token?: string
    headers?: Readonly<Record<string, string>>
  }

/** Throws for a wrong secret or header; a wrong URL is a `problem` of the sink. */
export function createWebhookSink(options: WebhookOptions, tools: SinkTools): Sink {
  const { url, method = 'POST', format = 'structured', token, headers = {}, ...rest } = options
  const { signingKeys = [], headerPrefix, bodySignatures = [], bodySecret, ...connection } = rest
  const signHeaders = createSigner({
    signingKeys,
    bodySignatures,
    ...(headerPrefix !== undefined && { headerPrefix }),
    ...(bodySecret !== undefined && { bodySecret }),
  })
  const own = { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  checkHeaders(own, headerPrefix)
  const redact = createRedactor([
    ...Object.values(headers),
    ...(token === undefined ? [] : [token]),
    ...(bodySecret === undefined ? [] : [bodySecret]),
    ...signingKeys.map(({ secret }) => secret.replace(/^whsec_/, '')),
    ...secretParts(url),
  ])
  return createHttpSink(url, connection, tools, async (client, message, { now, signal }) => {
    const body = bodyOf(message, format)
    const signed = { ...own, ...body.headers, ...signHeaders(message, body, now) }
    const result = await client.send({ method, headers: signed, body: body.bytes, signal })
    return outcomeOf(result, redact, tools.now())
  })
}
