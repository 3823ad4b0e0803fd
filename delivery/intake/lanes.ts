/**
 * One lane for each key: what arrives while a lane is busy waits and is then taken together, so that work on one key is
 * in order and still shares commits, and different keys do not wait for each other. A lane is gone when it is empty.
 */
export function createLanes<T>(work: (key: string, items: readonly T[]) => Promise<void>, most: number) {
  const waiting = new Map<string, T[]>()

  async function drain(key: string, items: T[]): Promise<void> {
    while (items.length > 0) await work(key, items.splice(0, most))
    waiting.delete(key)
  }

  return {
    /** `work` must not reject: whoever waits for an item is told through the item. */
    add(key: string, item: T): void {
      const items = waiting.get(key)
      if (items !== undefined) {
        items.push(item)
        return
      }
      const fresh = [item]
      waiting.set(key, fresh)
      void drain(key, fresh)
    },
    size: () => waiting.size,
  }
}
