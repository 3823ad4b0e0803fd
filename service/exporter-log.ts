import type { DiagLogger } from '@opentelemetry/api'
import type { Logger } from 'pino'

const MINUTE = 60_000

/**
 * Where the OpenTelemetry SDK complains: a warning in our log at most once a minute, with the number of complaints that
 * came in between, because a collector that is down makes one per batch.
 */
export function exporterLog(log: Pick<Logger, 'warn'>, now = () => performance.now()): DiagLogger {
  let next = Number.NEGATIVE_INFINITY
  let suppressed = 0
  const complain = (message: string) => {
    if (now() < next) {
      suppressed += 1
      return
    }
    log.warn(
      { detail: message.slice(0, 500), ...(suppressed > 0 && { suppressed }) },
      'tracing has trouble; spans may be lost',
    )
    next = now() + MINUTE
    suppressed = 0
  }
  const ignore = () => {}
  return { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore }
}
