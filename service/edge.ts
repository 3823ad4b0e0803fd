import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Hono } from 'hono'
import type { AppEnv } from './app.ts'
import type { FlagContext, Flags } from './flags.ts'
import type { Metrics, TraceIds } from './metrics.ts'
import { methodLabel, routePattern } from './routes.ts'

/** What this service answers is data; a browser gets no chance to take it for anything else. */
export const securityHeaders = new Map([
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
])

export type Exchange = {
  id: string
  handler: string
  method: string
  incoming: IncomingMessage
  outgoing: ServerResponse
}

/** `sampled` says whether the trace is recorded: an exemplar that names any other leads nowhere. */
export type TraceOfExchange = { ids: TraceIds; sampled: boolean }

export type EdgeOptions = {
  app: Hono<AppEnv>
  environment: string
  flags: Flags
  metrics: Metrics
  isDraining: () => boolean
  /** Called once when an exchange is over, answered or not. */
  ended: (exchange: Exchange, status: number, seconds: number, trace: TraceIds | undefined) => void
  /** Runs `handle` inside a server span and gives its trace; undefined when there is none. */
  traced: (exchange: Exchange, handle: () => void) => TraceOfExchange | undefined
}

/**
 * What every request gets, wrapped around Hono and not inside it: here it sees what the client sees (the status that was
 * sent, the last byte, a client that left), and one asynchronous middleware alone would cost a fifth of the throughput
 * (docs/adr/0002).
 */
export function createEdge(options: EdgeOptions, hono: RequestListener): RequestListener {
  const { app, flags, isDraining } = options
  return (incoming, outgoing) => {
    const started = performance.now()
    const method = incoming.method ?? 'GET'
    const handler = routePattern(app, method, incoming.url ?? '/')
    const id = requestId(incoming.headers['x-request-id'])
    const exchange: Exchange = { id, handler, method: methodLabel(method), incoming, outgoing }
    outgoing.setHeaders(securityHeaders)
    outgoing.setHeader('x-request-id', id)
    if (isDraining()) outgoing.setHeader('connection', 'close')

    const context = (): FlagContext => ({ targetingKey: id, route: handler, environment: options.environment })
    const counted = flags.isOn('metrics_enabled', context)
    const traced = flags.isOn('tracing_enabled', context)
    if (typeof counted === 'boolean' && typeof traced === 'boolean') {
      serve(options, hono, exchange, started, counted, traced)
    } else {
      // Only a flag with targeting comes here; isOn never rejects.
      void Promise.all([counted, traced]).then(([c, t]) => serve(options, hono, exchange, started, c, t))
    }
  }
}

function serve(
  o: EdgeOptions,
  hono: RequestListener,
  exchange: Exchange,
  started: number,
  counted: boolean,
  traced: boolean,
) {
  const { incoming, outgoing } = exchange
  let trace: TraceOfExchange | undefined
  outgoing.on('close', () => {
    const status = sentStatus(outgoing)
    const seconds = (performance.now() - started) / 1000
    if (counted)
      o.metrics.requestEnded(exchange.handler, exchange.method, status, seconds, trace?.sampled ? trace.ids : undefined)
    o.ended(exchange, status, seconds, trace?.ids)
  })
  if (traced) trace = o.traced(exchange, () => hono(incoming, outgoing))
  else hono(incoming, outgoing)
}

/** nginx's code for a client that closed the connection before it got an answer; it is counted, never sent. */
const CLIENT_LEFT = 499

/** What the client got, once the response is closed. */
export const sentStatus = (outgoing: ServerResponse) => (outgoing.headersSent ? outgoing.statusCode : CLIENT_LEFT)

/** A caller's id is kept when it is safe to print; anything else gets a new one. */
export function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID()
}
