import type { IncomingHttpHeaders } from 'node:http'
import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { name } from './name.ts'
import { failSpan } from './span-error.ts'

export type ServerRequest = {
  method: string
  /** The pattern, such as /orders/:id; undefined when no route matched, so that clients cannot invent span names. */
  route: string | undefined
  /** The request target as it was sent, with its query. */
  target: string
  headers: IncomingHttpHeaders
  httpVersion?: string | undefined
}

/**
 * Runs one request inside a server span whose parent is the caller's W3C context. `handle` is called at once and resolves
 * to the status that was sent; the span ends with it.
 */
export async function inServerSpan(request: ServerRequest, handle: () => Promise<number>): Promise<void> {
  const parent = propagation.extract(context.active(), request.headers)
  const method = knownMethods.has(request.method) ? request.method : 'HTTP'
  const spanName = request.route === undefined ? method : `${method} ${request.route}`
  await trace.getTracer(name).startActiveSpan(spanName, { kind: SpanKind.SERVER }, parent, async span => {
    // Not handed over at the start: no sampler of ours reads them, and most spans are not recorded.
    if (span.isRecording()) span.setAttributes(attributesOf(request))
    try {
      const status = await handle()
      span.setAttribute('http.response.status_code', status)
      if (status < 500) return // a 4xx is the client's mistake, not a failure of this server
      span.setAttribute('error.type', String(status))
      span.setStatus({ code: SpanStatusCode.ERROR })
    } catch (error) {
      failSpan(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span; url.query is left out, tokens travel there.
function attributesOf({ method, route, target, headers, httpVersion }: ServerRequest): Attributes {
  const query = target.indexOf('?')
  const isKnown = knownMethods.has(method)
  return {
    'http.request.method': isKnown ? method : '_OTHER',
    'http.request.method_original': isKnown ? undefined : method,
    'http.route': route,
    'url.path': query === -1 ? target : target.slice(0, query),
    'url.scheme': headers['x-forwarded-proto'] === 'https' ? 'https' : 'http',
    ...serverOf(headers.host),
    'user_agent.original': headers['user-agent'],
    'network.protocol.version': httpVersion,
  }
}

/** Host and port as the client named them; `[::1]:8080` has colons of its own. */
function serverOf(host: string | undefined): Attributes | undefined {
  if (host === undefined) return undefined
  const colon = host.lastIndexOf(':')
  if (colon <= host.lastIndexOf(']')) return { 'server.address': host }
  return { 'server.address': host.slice(0, colon), 'server.port': Number(host.slice(colon + 1)) || undefined }
}
