import { setTimeout as delay } from 'node:timers/promises'
import { OutboxUnavailable } from '../outbox/outbox.ts'

/** Rejects with OutboxUnavailable when `promise` takes longer. What it does after that stays done. */
export async function inTime<T>(promise: Promise<T>, withinMs: number): Promise<T> {
  const timer = new AbortController()
  const late = delay(withinMs, undefined, { signal: timer.signal }).then(() => {
    throw new OutboxUnavailable(`the outbox took longer than ${withinMs} ms`)
  })
  late.catch(() => {}) // stopped below, which is no news
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
    promise.catch(() => {}) // told already, or too late to tell
  }
}
