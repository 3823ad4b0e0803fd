import type { Load, LoadOptions } from './load.ts'
import { cpuMicroseconds } from './proc.ts'
import { quantile } from './rounds.ts'

/** Counts answers of a process under load, after a warm-up; who sends the requests tells it of each. */
export function createMeter(pid: number) {
  const latencies: number[] = []
  let isCounting = false
  return {
    count(ms: number): void {
      if (isCounting) latencies.push(ms)
    },
    /** `wait` rejects when the load cannot go on. */
    async measure(
      { seconds, warmUpSeconds }: Pick<LoadOptions, 'seconds' | 'warmUpSeconds'>,
      wait: (ms: number) => Promise<unknown>,
    ): Promise<Load> {
      await wait(warmUpSeconds * 1000)
      const before = snapshot(pid)
      isCounting = true
      await wait(seconds * 1000)
      // On a busy machine the first answer may take longer than that; a client gives it 10 s.
      while (latencies.length === 0) await wait(50)
      isCounting = false
      const after = snapshot(pid)
      return {
        requestsPerSecond: latencies.length / ((after.ms - before.ms) / 1000),
        p99Ms: quantile(latencies, 0.99),
        cpuMicroseconds: (after.cpu - before.cpu) / latencies.length,
        generatorBusy: performance.eventLoopUtilization(after.busy, before.busy).utilization,
      }
    },
  }
}

const snapshot = (pid: number) => ({
  ms: performance.now(),
  cpu: cpuMicroseconds(pid),
  busy: performance.eventLoopUtilization(),
})
