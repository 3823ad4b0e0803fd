import type { AnswerClass, Sink } from '../sinks/sink.ts'
import type { Health } from './health.ts'
import { type Profile, profiles } from './profile.ts'

export type Destination = {
  name: string
  /** The kind of sink: a label of metrics. */
  type: string
  sink: Sink
  /** The most under way at a time. */
  concurrency?: number
  /** One message of a subject at a time, in order. */
  ordered?: boolean
  profile?: Profile
}

/** One attempt that has ended, for metrics. */
export type AttemptReport = {
  destination: string
  type: string
  result: 'success' | 'retry' | 'error'
  class: AnswerClass
  seconds: number
}

export type DispatcherHooks = {
  onAttempt?(attempt: AttemptReport): void
  onHealth?(health: Health): void
  /** Moments of an attempt that a crash test can choose. */
  onPoint?(point: 'before-send' | 'after-answer'): void
}

/** A destination with every default in its place. */
export function complete(destination: Destination): Required<Destination> {
  const { concurrency = 8, ordered = false, profile = profiles.durable, sink } = destination
  const most = Math.min(concurrency, sink.maxConcurrency ?? concurrency)
  return { ...destination, concurrency: most, ordered, profile }
}

const slack = 1000

/** How long an attempt may take before it counts as lost: longer than the sink's own timeouts. */
export const attemptLimitMs = ({ timeoutMs = 15_000 }: Sink) => timeoutMs + slack
