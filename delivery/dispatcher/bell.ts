/** Wakes one waiter. A ring while nobody waits is kept, and many rings are one. */
export function createBell() {
  let isRung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      isRung = true
      wake?.()
    },
    /** Resolves at the next ring, or after `ms`. */
    async wait(ms: number): Promise<void> {
      if (!isRung) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = undefined
      }
      isRung = false
    },
  }
}
