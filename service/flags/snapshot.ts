import type { Answer, FlagValue } from './answer.ts'

/** What flagd last said of a flag; a targeted one keeps the answer that it gives without a request. */
type Known<T extends FlagValue> = Exclude<Answer<T>, { kind: 'unknown' }>

const RETRY_MS = 1000
const MAX_RETRY_MS = 30_000

type Snapshot<Name extends string, T extends FlagValue> = {
  get(flag: Name): Known<T> | undefined
  /** Asks again for every flag. Calls during a refresh become one more refresh after it, so an older answer never lands on a newer one. */
  refresh(): void
  close(): void
}

/** Of what `names` gives whenever it is refreshed. `ask` must not reject and must end. An unknown answer keeps what was there, and is asked for again after a while. */
export function createSnapshot<Name extends string, T extends FlagValue>(
  names: () => readonly Name[],
  ask: (flag: Name) => Promise<Answer<T>>,
  onRefreshed: () => void,
): Snapshot<Name, T> {
  const known = new Map<Name, Known<T>>()
  let state: 'idle' | 'refreshing' | 'refreshing, then again' | 'closed' = 'idle'
  let retry: NodeJS.Timeout | undefined
  let retryMs = RETRY_MS

  async function run() {
    do {
      state = 'refreshing'
      clearTimeout(retry)
      const answers = await Promise.all(names().map(async flag => ({ flag, answer: await ask(flag) })))
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
