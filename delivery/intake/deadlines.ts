/** When which key is due. Keys are few (objects with something open), so that looking through all of them is cheap. */
export function createDeadlines() {
  const times = new Map<string, number>()
  const open = new Set<string>()
  return {
    /** `isOpen`: somebody waits for its recovery. */
    set(key: string, at: number | undefined, isOpen: boolean): void {
      if (at === undefined) times.delete(key)
      else times.set(key, at)
      if (isOpen) open.add(key)
      else open.delete(key)
    },
    /** Keys that are due; all of them when `now` is undefined. */
    due: (now: number | undefined): string[] =>
      [...times].filter(([, at]) => now === undefined || at <= now).map(([key]) => key),
    next: (): number | undefined => {
      let least: number | undefined
      for (const at of times.values()) if (least === undefined || at < least) least = at
      return least
    },
    open: () => open.size,
  }
}
