import type { AnswerClass, Outcome } from '../sinks/sink.ts'

/** How one destination does. It is degraded from the first answer that waits for a person until the next success. */
export type Health = {
  destination: string
  consecutiveFailures: number
  lastSuccessAt?: number
  lastFailureAt?: number
  degraded?: { reason: string; class: AnswerClass; since: number }
}

/** What happened that an operator wants to know once. */
export type Turn = 'degraded' | 'failing' | 'recovered' | undefined

const failingAfter = 4
const waitsForPerson: readonly AnswerClass[] = ['auth', 'missing', 'tls', 'address', 'gone']

/** The health after one more outcome, and what that turned. */
export function afterOutcome(health: Health, outcome: Outcome, now: number): { health: Health; turn: Turn } {
  const { destination, consecutiveFailures, degraded } = health
  if (outcome.kind === 'delivered') {
    const isNews = degraded !== undefined || consecutiveFailures >= failingAfter
    const { lastFailureAt } = health
    const recovered = { destination, consecutiveFailures: 0, lastSuccessAt: now }
    return {
      health: lastFailureAt === undefined ? recovered : { ...recovered, lastFailureAt },
      turn: isNews ? 'recovered' : undefined,
    }
  }
  const failures = consecutiveFailures + 1
  const failed = { ...health, consecutiveFailures: failures, lastFailureAt: now }
  if (waitsForPerson.includes(outcome.class)) {
    const since = degraded?.since ?? now
    return {
      health: { ...failed, degraded: { reason: outcome.answer, class: outcome.class, since } },
      turn: degraded === undefined ? 'degraded' : undefined,
    }
  }
  return { health: failed, turn: failures === failingAfter ? 'failing' : undefined }
}
