import type { Outcome, Sink } from './sink.ts'

/** Stands for a destination that cannot work as it is configured: its messages wait on the slow schedule until somebody corrects it. */
export function createBrokenSink(problem: string): Sink {
  const outcome: Outcome = { kind: 'retry', schedule: 'configuration', class: 'address', answer: problem }
  return { problem, send: async () => outcome, close: async () => {} }
}
