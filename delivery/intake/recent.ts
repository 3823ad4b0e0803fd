/** More than Flux can still send again; one that is forgotten costs a count, never a message. */
const MOST = 4096

/** The messages of what came in lately, by its bytes. */
export function createRecent() {
  const byKey = new Map<string, { id: string; until: number }>()
  return {
    find(key: string, now: number): string | undefined {
      const found = byKey.get(key)
      return found !== undefined && now < found.until ? found.id : undefined
    },
    add(key: string, id: string, until: number): void {
      byKey.delete(key)
      byKey.set(key, { id, until })
      const [oldest] = byKey.keys()
      if (byKey.size > MOST && oldest !== undefined) byKey.delete(oldest)
    },
  }
}
