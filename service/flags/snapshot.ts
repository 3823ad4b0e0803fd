import type { Answer } from './answer.ts'
import { type FlagName, flagNames } from './known.ts'

/** What flagd last said of a flag; a targeted one keeps the answer that it gives without a request. */
type Known = Exclude<Answer, { kind: 'unknown' }>

const RETRY_MS = 1000
const MAX_RETRY_MS = 30_000

type Snapshot = {
  get(flag: FlagName): Known | undefined
  /** Asks again for every flag. Calls during a refresh become one more refresh after it, so an older answer never lands on a newer one. */
  refresh(): void
  close(): void
}

/** `ask` must not reject and must end. An unknown answer keeps what was there, and is asked for again after a while. */
export function createSnapshot(ask: (flag: FlagName) => Promise<Answer>, onRefreshed: () => void): Snapshot {
  const known = new Map<FlagName, Known>()
  let state: 'idle' | 'refreshing' | 'refreshing, then again' | 'closed' = 'idle'
  let retry: NodeJS.Timeout | undefined
  let retryMs = RETRY_MS

  async function run() {
    do {
      state = 'refreshing'
      clearTimeout(retry)
      const answers = await Promise.all(flagNames.map(async flag => ({ flag, answer: await ask(flag) })))
      if (isClosed()) return
      for (const { flag, answer } of answers) if (answer.kind !== 'unknown') known.set(flag, answer)
      const isComplete = answers.every(({ answer }) => answer.kind !== 'unknown')
      if (!isComplete) retry = setTimeout(refresh, retryMs).unref()
      retryMs = isComplete ? RETRY_MS : Math.min(retryMs * 2, MAX_RETRY_MS)
      onRefreshed()
    } while (isAskedAgain())
    state = 'idle'
  }

  // Functions, because the compiler does not see that `state` changes during the await.
  const isClosed = () => state === 'closed'
  const isAskedAgain = () => state === 'refreshing, then again'

  function refresh() {
    if (state === 'idle') void run()
    else if (state === 'refreshing') state = 'refreshing, then again'
  }

  return {
    get: flag => known.get(flag),
    refresh,
    close() {
      state = 'closed'
      clearTimeout(retry)
    },
  }
}
