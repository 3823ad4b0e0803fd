import { context, isSpanContextValid, TraceFlags, trace } from '@opentelemetry/api'

/** The ids of the active span, for log lines and exemplars; undefined outside a traced request. */
export function activeTrace(): { trace_id: string; span_id: string } | undefined {
  const span = trace.getSpanContext(context.active())
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : undefined
}

/** Whether the active trace is recorded: an exemplar that names any other leads nowhere. */
export function isTraceSampled(): boolean {
  const span = trace.getSpanContext(context.active())
  return span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0
}
