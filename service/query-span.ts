import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { name } from './name.ts'
import { errorType } from './span-error.ts'

export type Query = {
  /** Operation and target, such as `SELECT orders`: the span's name. Fixed text, never a value. */
  summary: string
}

/**
 * Runs a query inside a client span when a recorded span is active; otherwise this costs a check. Neither the parameters
 * nor the text of an error, which quotes them, become part of the span.
 */
export function inQuerySpan<T>({ summary }: Query, run: () => Promise<T>): Promise<T> {
  if (!trace.getActiveSpan()?.isRecording()) return run()
  // https://opentelemetry.io/docs/specs/semconv/db/postgresql/
  const attributes = {
    'db.system.name': 'postgresql',
    'db.query.summary': summary,
    'db.operation.name': summary.split(' ', 1)[0],
  }
  return trace.getTracer(name).startActiveSpan(summary, { kind: SpanKind.CLIENT, attributes }, async span => {
    try {
      return await run()
    } catch (error) {
      const code = sqlState(error)
      span.setAttributes({ 'error.type': code ?? errorType(error), 'db.response.status_code': code })
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined
