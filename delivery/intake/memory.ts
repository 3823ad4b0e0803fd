import { type EpisodeState, emptyState, isEmpty } from '../episodes/state.ts'

/** States that are kept at hand; the others are read. */
const MOST = 1000

/**
 * What a process knows that alone writes episodes: the states it wrote last, and which episodes there are at all. Without
 * it every arrival would wait for a read before it may join a commit.
 */
export function createMemory() {
  const states = new Map<string, EpisodeState>() // the one that was used longest ago is first
  const keys = new Set<string>()
  let complete = false
  return {
    /** Undefined when only the outbox can tell. */
    get: (key: string): EpisodeState | undefined =>
      states.get(key) ?? (complete && !keys.has(key) ? emptyState : undefined),
    put(key: string, state: EpisodeState): void {
      states.delete(key)
      if (isEmpty(state)) {
        keys.delete(key)
        return
      }
      keys.add(key)
      states.set(key, state)
      const [oldest] = states.keys()
      if (states.size > MOST && oldest !== undefined) states.delete(oldest)
    },
    /** An append has failed: whether it was written is not known. */
    doubt(key: string): void {
      states.delete(key)
      keys.add(key)
    },
    /** Every episode in the outbox, read after the process was the only one to write them. */
    listed(all: Iterable<string>): void {
      for (const key of all) keys.add(key)
      complete = true
    },
  }
}
