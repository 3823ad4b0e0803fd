import { type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { maskText } from '../lib/mask.ts'

/** Adds an exception to the active span, if there is one: for errors that are turned into an answer on their way out. */
export function recordException(error: unknown): void {
  const span = trace.getActiveSpan()
  if (span?.isRecording()) addException(span, error)
}

/** Marks a span as failed with the exception that left it. */
export function failSpan(span: Span, error: unknown): void {
  if (!span.isRecording()) return
  addException(span, error)
  span.setAttribute('error.type', errorType(error))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

export const errorType = (error: unknown): string => (error instanceof Error ? error.name : '_OTHER')

// https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
function addException(span: Span, error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  span.addEvent('exception', {
    'exception.type': errorType(error),
    'exception.message': maskText(message),
    'exception.stacktrace': stack && maskText(stack),
  })
}
