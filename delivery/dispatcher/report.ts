import type { Logger } from 'pino'
import type { Claim, Settlement } from '../outbox/outbox.ts'
import type { Outcome } from '../sinks/sink.ts'
import type { AttemptReport, Destination } from './destination.ts'
import type { Health, Turn } from './health.ts'

const results = { delivered: 'success', retry: 'retry', dead: 'error', released: 'retry' } as const

type Ended = { claim: Claim; outcome: Outcome; settlement: Settlement; error: unknown; failures: number }

/** Logs one attempt and says what metrics count. Of a row of retries only some are logged: the 1st, 2nd, 4th, 8th and so on. */
export function reportAttempt(destination: Destination, ended: Ended, seconds: number, log: Logger): AttemptReport {
  const { claim, outcome, settlement, error, failures } = ended
  const { name, type } = destination
  const fields = { destination: name, id: claim.message.id, attempt: claim.attempt, answer: settlement.answer }
  if (error !== undefined) log.error({ ...fields, err: error }, 'a sink failed by a mistake of ours')
  if (settlement.kind === 'dead') log.error(fields, 'message is a dead letter')
  else if (settlement.kind === 'delivered') log.debug(fields, 'message delivered')
  else if (settlement.kind === 'retry' && isPowerOfTwo(failures)) {
    const nextAttemptAt = new Date(settlement.nextAttemptAt).toISOString()
    log.warn({ ...fields, nextAttemptAt, failures }, 'message will be tried again')
  }
  return { destination: name, type, result: results[settlement.kind], class: outcome.class, seconds }
}

const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0

export function reportTurn(turn: Turn, health: Health, answer: string, log: Logger): void {
  const fields = { destination: health.destination, failures: health.consecutiveFailures, answer }
  if (turn === 'degraded') log.error(fields, 'destination is degraded: somebody has to look at its configuration')
  else if (turn === 'failing') log.warn(fields, 'destination fails')
  else if (turn === 'recovered') log.info(fields, 'destination works again')
}
