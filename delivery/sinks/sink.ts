import type { Message } from '../message.ts'

/** What kind of answer it was: a label of metrics, so the list is closed. */
export type AnswerClass =
  | 'success'
  | 'redirect'
  | 'client'
  | 'auth'
  | 'missing'
  | 'gone'
  | 'throttled'
  | 'server'
  | 'network'
  | 'timeout'
  | 'tls'
  | 'address'
  /** A 2xx whose body says no. */
  | 'refused'
  /** A mistake of ours. */
  | 'internal'

/** What one attempt came to. `answer` is for people: status and the start of the body, never a secret. */
export type Outcome = { answer: string; class: AnswerClass } & (
  | { kind: 'delivered' }
  | Retry
  | { kind: 'rejected' }
  /** 410: nobody is there any more; the destination is paused and its deliveries parked. */
  | { kind: 'gone' }
)

export type Retry = {
  kind: 'retry'
  schedule: 'normal' | 'overload' | 'configuration'
  /** What the destination asked for (Retry-After), still to be bounded by the schedule. */
  afterMs?: number
  /** What the rules of this kind of sink ask for; no schedule goes below it. */
  atLeastMs?: number
}

export type Attempt = { attempt: number; now: number; signal: AbortSignal }

/** A place that takes messages. `send` never throws for what the destination did; it throws only for a mistake of ours. */
export type Sink = {
  send(message: Message, attempt: Attempt): Promise<Outcome>
  close(): Promise<void>
  /** The longest that `send` takes; a lease lasts longer. */
  timeoutMs?: number
  /** The most that may be under way at a time, whatever is configured. */
  maxConcurrency?: number
  /** Why this sink can deliver nothing as it is configured; its destination is degraded from the start. */
  problem?: string
}
