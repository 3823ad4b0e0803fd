import { type DestinationStream, destination as fileDestination, type Logger, pino } from 'pino'
import { maskLine } from './mask.ts'

type TraceIds = { trace_id: string; span_id: string }

// A reader of stdout that hangs must cost neither the event loop nor the memory: beyond this, lines are dropped.
const MAX_WAITING_BYTES = 16 * 1024 * 1024

/**
 * JSON lines with time (RFC 3339), level as a word, service, msg and, inside a traced request, trace_id and span_id.
 * Secrets are masked in the finished line (mask.ts). Lines go to stdout in the background; a fatal line takes all that
 * wait with it at once, an exit does the same, and so does `flush`, which may overtake a write under way; `close` keeps
 * the order and waits for the reader. pino's own `log.flush` would do nothing.
 */
export function createLog(options: {
  name: string
  level: string
  destination?: DestinationStream & {
    flushSync?(): void
    end?(): void
    once?(event: 'close', done: () => void): unknown
  }
  traceIds?: () => TraceIds | undefined
}): { log: Logger; flush: () => void; close: () => Promise<void> } {
  const { traceIds } = options
  const destination = options.destination ?? stdout(dropped => log.warn({ dropped }, 'log lines were dropped'))
  const log = pino(
    {
      level: options.level,
      base: { service: options.name },
      timestamp: createClock(),
      formatters: { level: label => ({ level: label }) },
      serializers: { err: serializeError, error: serializeError },
      hooks: { streamWrite: maskLine },
      ...(traceIds && { mixin: () => traceIds() ?? untraced, mixinMergeStrategy: withIds }),
    },
    destination,
  )
  const close = () =>
    new Promise<void>(resolve => {
      if (destination.end === undefined) return resolve()
      destination.once?.('close', resolve)
      destination.end()
    })
  return { log, flush: () => destination.flushSync?.(), close }
}

/** RFC 3339, made once per millisecond: under load several lines fall into one, and making it costs as much as a short line. */
function createClock(): () => string {
  let at = 0
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      text = `,"time":"${new Date(now).toISOString()}"`
    }
    return text
  }
}

const untraced = {}

/** pino's own way would write into the ids, and copies fields one by one. */
const withIds = (fields: object, ids: Partial<TraceIds>) =>
  ids === untraced ? fields : { trace_id: ids.trace_id, span_id: ids.span_id, ...fields }

function stdout(onDropped: (count: number) => void) {
  const stream = fileDestination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES })
  let dropped = 0
  stream.on('drop', () => {
    dropped += 1
  })
  stream.on('drain', () => {
    const count = dropped
    dropped = 0
    if (count > 0) onDropped(count)
  })
  return stream
}

type SerializedError = {
  type: string
  message: string
  stack?: string
  code?: unknown
  cause?: unknown
  errors?: unknown
}

const MAX_DEPTH = 5 // a chain of causes may be a circle

/** Named fields only: the errors of database clients carry the parameters of their query. */
function serializeError(value: unknown, depth = 0): unknown {
  if (!(value instanceof Error)) return value
  const error: SerializedError = { type: value.name, message: value.message }
  if (value.stack !== undefined) error.stack = value.stack
  if ('code' in value) error.code = value.code
  if (depth >= MAX_DEPTH) return error
  if (value.cause !== undefined) error.cause = serializeError(value.cause, depth + 1)
  if (value instanceof AggregateError)
    error.errors = value.errors.slice(0, 10).map(each => serializeError(each, depth + 1))
  return error
}
