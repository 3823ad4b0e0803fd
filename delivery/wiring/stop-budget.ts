import type { Env } from '../config/env.ts'

/** How the time after a signal is shared out: requests first, then deliveries under way, and a rest to close the outbox. */
export function shareTime({ SHUTDOWN_GRACE_MS: graceMs, SHUTDOWN_TIMEOUT_MS: timeoutMs }: Env) {
  const dispatcherMs = Math.min(10_000, (timeoutMs - graceMs) / 2)
  return { graceMs, dispatcherMs, httpMs: timeoutMs - dispatcherMs - Math.min(1000, (timeoutMs - graceMs) / 10) }
}
