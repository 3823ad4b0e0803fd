import { X509Certificate } from 'node:crypto'
import type { ClientRequest, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import { createAddressGuard } from './address.ts'
import { type Failure, failureOf, limitTime, NoAnswer } from './failure.ts'
import { BlockedAddress, createLookup, type Resolve, resolveHost } from './lookup.ts'
import { readBody } from './read-body.ts'
import { parseTarget, type Target } from './target.ts'

export type HttpOptions = {
  url: string
  /** The most connections, and so requests, at a time. */
  concurrency: number
  /** For the connection, TLS included. */
  connectTimeoutMs: number
  /** For the whole request, the answer included. */
  timeoutMs: number
  /** Addresses and CIDRs that may be dialled although they are not public. */
  allowAddresses: readonly string[]
  /** The host stands in the environment of this process: it is meant, wherever it is. Metadata addresses stay closed. */
  trusted: boolean
  /** Certificates (PEM) that may sign the destination's, instead of the well-known ones. */
  ca?: string
  insecureSkipVerify: boolean
}

type HttpRequest = { method: string; headers: OutgoingHttpHeaders; body: Uint8Array; signal: AbortSignal }

/** `body` is at most 16 KiB of the answer; `complete` is false when there was more or it broke off. */
export type Answer = {
  kind: 'answered'
  status: number
  headers: IncomingHttpHeaders
  body: string
  complete: boolean
}

export type HttpClient = { send(request: HttpRequest): Promise<Answer | Failure>; close(): void }

/**
 * A client of one destination, over node:http because fetch takes no `lookup`: addresses are checked at every dial,
 * redirects come back as answers, connections are kept and reused. Throws when the URL or an option is wrong.
 */
export function createHttpClient(options: HttpOptions, resolve: Resolve = resolveHost): HttpClient {
  const target = parseTarget(options.url)
  const guard = createAddressGuard({ allow: options.allowAddresses, trusted: options.trusted })
  const { request: open, Agent } = target.isSecure ? https : http
  const agent = new Agent({
    keepAlive: true,
    maxSockets: options.concurrency,
    timeout: 60_000, // an unused connection; a request under way has its own limits
    scheduling: 'lifo',
    lookup: createLookup(guard, resolve),
    ...(target.isSecure && tlsOptions(target, options)),
  })
  const exchange = (request: HttpRequest, deadline: number) =>
    exchangeOnce(open({ ...addressOf(target), method: request.method, agent, headers: headersOf(target, request) }), {
      ...request,
      connectTimeoutMs: options.connectTimeoutMs,
      deadline,
      timeoutMs: options.timeoutMs,
    })
  return {
    async send(request) {
      // An address as host never comes by `lookup`.
      const reason = target.address === undefined ? undefined : guard(target.address)
      if (reason !== undefined) return failureOf(new BlockedAddress(`${target.host} is ${reason}`))
      const deadline = performance.now() + options.timeoutMs
      const first = await exchange(request, deadline)
      // A kept connection that the other end had closed meanwhile says nothing about the destination: dial anew, once.
      return first.kind === 'failed' && first.wasStale ? exchange(request, deadline) : first
    },
    close: () => agent.destroy(),
  }
}

const addressOf = ({ host, port, path }: Target) => ({ host, port, path })

function tlsOptions({ address, name }: Target, { ca, insecureSkipVerify }: HttpOptions) {
  return {
    servername: address === undefined ? name : '', // no SNI for an address: RFC 6066 3
    rejectUnauthorized: !insecureSkipVerify,
    ...(ca !== undefined && { ca: checkAuthorities(ca) }),
  }
}

// Node takes any text, and then trusts nobody: told here, not at the first connection.
function checkAuthorities(ca: string): string {
  try {
    new X509Certificate(ca)
    return ca
  } catch (cause) {
    throw new Error('the CA certificates cannot be read: expected PEM', { cause })
  }
}

function headersOf(
  { address, host, name, port, isSecure }: Target,
  { headers, body }: HttpRequest,
): OutgoingHttpHeaders {
  const shown = address?.includes(':') ? `[${host}]` : name
  const hostHeader = port === (isSecure ? 443 : 80) ? shown : `${shown}:${port}`
  return { 'user-agent': 'fairlead', accept: '*/*', ...headers, host: hostHeader, 'content-length': body.length }
}

type Limits = { connectTimeoutMs: number; timeoutMs: number; deadline: number; signal: AbortSignal; body: Uint8Array }

function exchangeOnce(request: ClientRequest, limits: Limits): Promise<Answer | Failure> {
  return new Promise(resolve => {
    const release = limitTime(request, limits)
    const finish = (result: Answer | Failure) => {
      release()
      resolve(result)
    }
    // Once there is a status, what happens to the connection is a matter of the body.
    let isAnswered = false
    const fail = (error: Error) => {
      if (!isAnswered) finish(failureOf(error, request.reusedSocket))
    }
    request.on('error', fail)
    // Without an error nor an answer: the other end switched protocols, or closed in a way that Node finds in order.
    request.once('close', () => fail(new NoAnswer('the connection was closed without an answer')))
    request.once('response', async response => {
      isAnswered = true
      const { statusCode: status = 0, headers } = response
      const { text, complete } = await readBody(response, () => request.destroy())
      finish({ kind: 'answered', status, headers, body: text, complete })
    })
    request.end(limits.body)
  })
}
