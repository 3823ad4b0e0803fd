import type { Context } from 'hono'
import { problem } from '../../lib/problem.ts'
import type { Verdict } from './auth.ts'
import type { Source } from './source.ts'

/** How an arrival ended; bounded, so that it can be a label. */
export type Reception =
  | 'accepted'
  | 'method'
  | 'unauthorized'
  | 'type'
  | 'too large'
  | 'malformed'
  | 'unavailable'
  | 'failed'

export type OnReception = (source: string, reception: Reception, status: number, seconds: number) => void

export type Log = Record<'warn' | 'error', (fields: object, sentence: string) => void>

export type Exchange = {
  c: Context
  source: Source
  log: Log
  ended: (reception: Reception, status: number) => void
}

const RETRY_AFTER_S = '5'

export function refuse(
  { c, source, log, ended }: Exchange,
  reception: Reception,
  status: 400 | 401 | 405 | 413 | 415 | 503,
  title: string,
  detail?: string,
): Response {
  ended(reception, status)
  // Neither Flux nor Alertmanager comes again after a 4xx: what they had to tell is lost.
  if (status < 500) log.warn({ source: source.name, status, detail: detail ?? title }, 'a request was refused')
  return problem(c, status, title, detail === undefined ? {} : { detail })
}

export function unavailable(exchange: Exchange, detail: string): Response {
  exchange.c.header('retry-after', RETRY_AFTER_S)
  return refuse(exchange, 'unavailable', 503, 'come again later', detail)
}

export function unauthorized(exchange: Exchange, verdict: Verdict, signature: boolean): Response {
  const { c, source } = exchange
  if (source.auth.challenge !== '') c.header('www-authenticate', source.auth.challenge)
  const detail = signature ? WRONG_SIGNATURE : hints[source.type][verdict === 'missing' ? 'missing' : 'wrong']
  return refuse(exchange, 'unauthorized', 401, 'valid credentials are required', detail)
}

const WRONG_SIGNATURE =
  'X-Signature does not fit the body: expected <hash>=<hex HMAC of the raw body>, made with our key by sha224, sha256, sha384 or sha512'

const hints = {
  flux: {
    missing:
      'no credentials came: a Provider of type generic sends only what its Secret holds under headers, never its token; see docs/flux.md',
    wrong:
      "the credentials are not ours: expected Authorization: Bearer <token> from the headers of the Provider's Secret, or X-Signature; see docs/flux.md",
  },
  alertmanager: {
    missing:
      'no credentials came: set http_config.authorization or http_config.basic_auth in the webhook_config; see docs/flux.md',
    wrong: 'the credentials are not ours; see docs/flux.md',
  },
}

/** For whoever comes to a path that no source has. */
export const hint = (sources: readonly Source[]) =>
  sources.length === 0
    ? 'no source is configured'
    : sources
        .map(
          ({ type, path }) => `POST ${type === 'flux' ? 'events of Flux' : 'notifications of Alertmanager'} to ${path}`,
        )
        .join('; ')
