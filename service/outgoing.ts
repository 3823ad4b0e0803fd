import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { name } from './name.ts'
import { failSpan } from './span-error.ts'

/** Pass the id of the request that is being served, and the other service logs the same one. */
export type OutgoingInit = RequestInit & { requestId?: string }

/**
 * A `fetch` for calls to other services: it gives up after `timeoutMs` (the reading of the body included) and, within a
 * traced request, makes a client span and hands the trace and its baggage on. Not for hosts that must not see these.
 */
export function createFetch({ timeoutMs }: { timeoutMs: number }) {
  return async (url: string | URL, { requestId, ...init }: OutgoingInit = {}): Promise<Response> => {
    const target = new URL(url)
    const headers = new Headers(init.headers)
    if (requestId !== undefined) headers.set('x-request-id', requestId)
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])])
    const send = () => fetch(target, { ...init, headers, signal })
    if (!trace.getActiveSpan()) return send()
    return inClientSpan((init.method ?? 'GET').toUpperCase(), target, () => {
      propagation.inject(context.active(), headers, { set: (carrier, key, value) => carrier.set(key, value) })
      return send()
    })
  }
}

function inClientSpan(method: string, target: URL, send: () => Promise<Response>): Promise<Response> {
  const options = { kind: SpanKind.CLIENT, attributes: attributesOf(method, target) }
  return trace.getTracer(name).startActiveSpan(method, options, async span => {
    try {
      const response = await send()
      span.setAttribute('http.response.status_code', response.status)
      if (response.status >= 400) {
        span.setAttribute('error.type', String(response.status))
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      return response
    } catch (error) {
      failSpan(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span; the URL without credentials and query.
const attributesOf = (method: string, { protocol, hostname, port, origin, pathname }: URL): Attributes => ({
  'http.request.method': method,
  'server.address': hostname,
  'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  'url.full': `${origin}${pathname}`,
})
