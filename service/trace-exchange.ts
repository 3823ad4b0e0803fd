import { type Exchange, sentStatus, type TraceOfExchange } from './edge.ts'
import { UNMATCHED } from './routes.ts'
import { activeTrace, inServerSpan, isTraceSampled, type Tracing } from './tracing.ts'

/** Serves an exchange inside a server span that ends when its connection has the answer. Untraced until the SDK runs. */
export const traceExchange =
  (tracing: Tracing) =>
  (exchange: Exchange, handle: () => void): TraceOfExchange | undefined => {
    if (!tracing.started) {
      handle()
      return undefined
    }
    let trace: TraceOfExchange | undefined
    const { incoming, outgoing } = exchange
    const request = {
      method: incoming.method ?? 'GET',
      route: exchange.handler === UNMATCHED ? undefined : exchange.handler,
      target: incoming.url ?? '/',
      headers: incoming.headers,
      httpVersion: incoming.httpVersion,
    }
    // Called at once, so that `trace` is set when it is returned.
    void inServerSpan(request, async () => {
      const ids = activeTrace()
      trace = ids && { ids, sampled: isTraceSampled() }
      handle()
      await new Promise(resolve => outgoing.once('close', resolve))
      return sentStatus(outgoing)
    })
    return trace
  }
