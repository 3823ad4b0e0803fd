import type { Logger } from 'pino'
import type { Exchange } from './edge.ts'
import type { TraceIds } from './metrics.ts'

/** Asked for every few seconds by machines; their lines would bury the others. */
const quiet = new Set(['/livez', '/readyz', '/metrics'])

/**
 * One line per answered request that is no probe or scrape. `sample` is the share (0 to 1) of answers below 400 that are
 * logged; errors always are. The path stands without its query, where tokens travel.
 */
export function createAccessLog({
  log,
  sample,
  random = Math.random,
}: {
  log: Logger
  sample: number
  random?: () => number
}) {
  return (exchange: Exchange, status: number, seconds: number, trace: TraceIds | undefined): void => {
    if (quiet.has(exchange.handler) && status < 500) return
    if (status < 400 && sample < 1 && random() >= sample) return
    const target = exchange.incoming.url ?? '/'
    const query = target.indexOf('?')
    const line = {
      ...trace,
      request_id: exchange.id,
      method: exchange.method,
      path: query === -1 ? target : target.slice(0, query),
      handler: exchange.handler,
      status,
      duration_ms: Math.round(seconds * 1e6) / 1000,
    }
    if (status < 500) log.info(line, 'request')
    else log.error(line, 'request')
  }
}
