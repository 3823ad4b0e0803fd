import { format } from 'node:util'
import type { Logger } from 'pino'

const REPEAT_MS = 60_000
const MAX_SENTENCES = 100

/**
 * The log that OpenFeature and flagd's provider get, so that neither writes to the console. Each sentence comes at most
 * once a minute; what the provider says about its reconnecting is for debugging, flagd.ts says it in one line.
 */
export function quietLog(log: Pick<Logger, 'warn' | 'debug' | 'isLevelEnabled'>, now: () => number = Date.now) {
  const lastAt = new Map<string, number>()

  function write(level: 'warn' | 'debug', args: unknown[]) {
    if (!log.isLevelEnabled(level)) return
    const said = format(...args)
    const last = lastAt.get(said)
    if (last !== undefined && now() - last < REPEAT_MS) return
    if (lastAt.size >= MAX_SENTENCES) lastAt.clear() // sentences carry values; what a server sends must not fill memory
    lastAt.set(said, now())
    log[level]({ said }, 'from the flag provider')
  }

  const problem = (...args: unknown[]) => write(/reconnect/i.test(String(args[0])) ? 'debug' : 'warn', args)
  const detail = (...args: unknown[]) => write('debug', args)
  return { error: problem, warn: problem, info: detail, debug: detail }
}
