import { type Answer, type Details, type Evaluated, type FlagValue, read } from './answer.ts'
import type { FlagContext } from './known.ts'

type Evaluate = (flag: string, otherwise: FlagValue, context: FlagContext) => Promise<Details>
export type Ask = <T extends FlagValue>(flag: string, otherwise: T, context: FlagContext) => Promise<Answer<T>>

/** flagd sits on the same node and answers in a fraction of a millisecond; a request never waits longer than this for it. */
const DEADLINE_MS = 250
/** After an answer that did not come, nobody waits again for so long: a hung flagd costs one request a second, not each. */
const PAUSE_MS = 1000

/** Asks flagd and gives up after a deadline, which the provider's own calls do not have (0.16.1). Never rejects. */
export function createAsk(
  evaluate: Evaluate,
  onEvaluation: (evaluation: { flag: string } & Evaluated) => void,
  deadlineMs = DEADLINE_MS,
  now: () => number = () => performance.now(),
): Ask {
  let pausedUntil = Number.NEGATIVE_INFINITY
  return async (flag, otherwise, context) => {
    if (now() < pausedUntil) {
      onEvaluation({ flag, reason: 'STALE' })
      return { kind: 'unknown' }
    }
    const details = await within(deadlineMs, evaluate(flag, otherwise, context))
    if (details === timedOut) pausedUntil = now() + PAUSE_MS
    const { answer, evaluated } = read(details, otherwise)
    onEvaluation({ flag, ...evaluated })
    return answer
  }
}

const timedOut: Details = { value: undefined, errorCode: 'TIMEOUT' }

async function within(ms: number, evaluation: Promise<Details>): Promise<Details> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<Details>(resolve => {
    timer = setTimeout(resolve, ms, timedOut)
  })
  try {
    return await Promise.race([evaluation, deadline])
  } catch (error) {
    return { value: undefined, errorCode: 'GENERAL', errorMessage: String(error) }
  } finally {
    clearTimeout(timer)
  }
}
