import type { Failure } from './failure.ts'
import type { Answer } from './http-client.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { AnswerClass, Outcome, Retry } from './sink.ts'
import { cutText, oneLine } from './text.ts'

type Verdict = { class: AnswerClass } & (Pick<Retry, 'kind' | 'schedule'> | { kind: 'delivered' | 'rejected' | 'gone' })

const retry = (schedule: Retry['schedule'], answerClass: AnswerClass): Verdict => ({
  kind: 'retry',
  schedule,
  class: answerClass,
})

/** What a status means. Only 2xx is success, and a redirect is not followed: it could lead anywhere. */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return { kind: 'delivered', class: 'success' }
  if (status >= 300 && status < 400) return { kind: 'rejected', class: 'redirect' }
  if (status === 401 || status === 403) return retry('configuration', 'auth')
  if (status === 404) return retry('configuration', 'missing')
  if (status === 410) return { kind: 'gone', class: 'gone' }
  if (status === 429) return retry('overload', 'throttled')
  if (status === 408 || status === 425) return retry('normal', 'client')
  // 501 and 505 speak about what we sent, and it will not change.
  if (status === 501 || status === 505) return { kind: 'rejected', class: 'server' }
  if (status >= 500 && status < 600) return retry('normal', 'server')
  return { kind: 'rejected', class: 'client' }
}

/** Without an answer: a timeout may mean that the destination has too much to do; certificates and addresses wait for a person. */
const failureVerdicts: Record<Failure['class'], Verdict> = {
  network: retry('normal', 'network'),
  timeout: retry('overload', 'timeout'),
  tls: retry('configuration', 'tls'),
  address: retry('configuration', 'address'),
}

/** The outcome of an exchange for a destination that means what its status says. */
export function outcomeOf(result: Answer | Failure, redact: (text: string) => string, now: number): Outcome {
  const answer = describe(result, redact)
  if (result.kind === 'failed') return { ...failureVerdicts[result.class], answer }
  const verdict = verdictOf(result.status)
  if (verdict.kind !== 'retry') return { ...verdict, answer }
  const afterMs = parseRetryAfter(result.headers['retry-after'], now)
  return { ...verdict, answer, ...(afterMs !== undefined && { afterMs }) }
}

/** One short line for people: the status with the start of the body, or what went wrong. */
export function describe(result: Answer | Failure, redact: (text: string) => string): string {
  if (result.kind === 'failed') return cutText(oneLine(redact(result.reason)), 300)
  const redirect = result.status >= 300 && result.status < 400 ? ' (a redirect, not followed)' : ''
  const body = oneLine(redact(result.body))
  return cutText(`${result.status}${redirect}${body && `: ${body}`}`, 300)
}
