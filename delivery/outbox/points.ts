/** A named moment at which a crash test may end the process, or a benchmark make it slower. */
type Point = 'before-commit' | 'after-commit' | 'before-settle' | 'during-vacuum'
export type OnPoint = (point: string) => void

/** What happens at points; plain data, so that it can cross into a worker. */
export type Faults = {
  /** `<point>`, or `<point>:<n>` for the n-th time that it is reached: the process kills itself there (SIGKILL). */
  crashAt?: string
  /** In the same way, only the thread of the ledger ends. */
  endThreadAt?: Point
  /** Every commit takes this much longer, as on a slow disk. */
  slowCommitMs?: number
}

/** Does nothing unless faults are asked for. */
export function createPoint({ crashAt, endThreadAt, slowCommitMs }: Faults): OnPoint {
  if (crashAt === undefined && endThreadAt === undefined && slowCommitMs === undefined) return () => {}
  const [name, times = '1'] = crashAt?.split(':') ?? []
  if (!/^[1-9]\d*$/.test(times)) throw new Error(`crash point: expected <point>:<n> with n from 1, got "${crashAt}"`)
  let left = Number(times)
  return point => {
    if (point === 'before-commit' && slowCommitMs !== undefined) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowCommitMs)
    }
    if (point === endThreadAt) process.exit() // in a worker this ends the thread
    if (point !== name) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
}
