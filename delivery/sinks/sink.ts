import type { Message } from '../message.ts'

/** What one attempt came to. `answer` is for people: status and the start of the body, never a secret. */
export type Outcome = { answer: string } & (
  | { kind: 'delivered' }
  /** `afterMs`: what the destination asked for (Retry-After), still to be bounded by the schedule. */
  | { kind: 'retry'; afterMs?: number; schedule: 'normal' | 'overload' | 'configuration' }
  | { kind: 'rejected' }
  /** 410: nobody is there any more; the destination is paused and its deliveries parked. */
  | { kind: 'gone' }
)

export type Attempt = { attempt: number; now: number; signal: AbortSignal }

/** A place that takes messages. `send` never throws for what the destination did; it throws only for a mistake of ours. */
export type Sink = {
  send(message: Message, attempt: Attempt): Promise<Outcome>
  close(): Promise<void>
}
