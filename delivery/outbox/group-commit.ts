/** What became of one call of a group. */
export type Reply<Out> = { value: Out } | { error: Error }

export type Groups<In, Out> = {
  /** Joins the group that is forming. Settles after the commit that its call was part of, and not before. */
  add(item: In): Promise<Out>
  /** Resolves when nothing is under way and nothing waits. */
  idle(): Promise<void>
}

type Waiting<In, Out> = { item: In; resolve(value: Out): void; reject(error: Error): void }

/**
 * Lets callers share commits without a timer: while one group is being committed the next one forms, so that a slow disk
 * makes groups larger instead of making callers queue, and a fast one makes nobody wait. One group is under way at a
 * time, in the order of the calls. `weigh` and `maxWeight` bound a group; a single heavier item goes alone.
 * When `commit` rejects, the whole group has failed.
 */
export function createGroups<In, Out>(options: {
  commit(items: In[]): Promise<Reply<Out>[]>
  weigh(item: In): number
  maxWeight: number
}): Groups<In, Out> {
  const { commit, weigh, maxWeight } = options
  let waiting: Waiting<In, Out>[] = []
  let running = false
  let resting: (() => void)[] = []

  function take(): Waiting<In, Out>[] {
    let weight = 0
    let count = 0
    for (const { item } of waiting) {
      weight += weigh(item)
      if (count > 0 && weight > maxWeight) break
      count += 1
    }
    const taken = count === waiting.length ? waiting : waiting.slice(0, count)
    waiting = count === waiting.length ? [] : waiting.slice(count)
    return taken
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = take()
      try {
        const replies = await commit(group.map(each => each.item))
        for (const [n, { resolve, reject }] of group.entries()) {
          const reply = replies[n] ?? { error: new Error(`a group of ${group.length} got ${replies.length} replies`) }
          if ('error' in reply) reject(reply.error)
          else resolve(reply.value)
        }
      } catch (error) {
        const cause = error instanceof Error ? error : new Error(String(error))
        for (const { reject } of group) reject(cause)
      }
    }
    running = false
    for (const rest of resting) rest()
    resting = []
  }

  return {
    add: item =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        // One turn later, so that calls of the same turn go together.
        if (!running) {
          running = true
          queueMicrotask(run)
        }
      }),
    idle: () => (running ? new Promise(resolve => resting.push(resolve)) : Promise.resolve()),
  }
}
