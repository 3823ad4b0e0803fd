import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** Linux tells times in hundredths of a second to every program, whatever the kernel counts in (USER_HZ). */
const TICK_MICROSECONDS = 10_000

/** CPU time of a process, all its threads, user and system; proc_pid_stat(5). */
export function cpuMicroseconds(pid: number): number {
  return parseCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

export function parseCpu(stat: string): number {
  // The second field is the program's name in parentheses, and may hold both blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [utime, stime] = [fields[11], fields[12]].map(Number)
  return ((utime ?? Number.NaN) + (stime ?? Number.NaN)) * TICK_MICROSECONDS
}

/** `private` is what no other process shares: without the code of Node itself, which our own process maps as well. */
export type Memory = { rssMiB: number; privateMiB: number }

/** proc_pid_smaps(5) */
export async function memoryOf(pid: number): Promise<Memory> {
  return parseMemory(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))
}

export function parseMemory(rollup: string): Memory {
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1])
  return { rssMiB: kib('Rss') / 1024, privateMiB: (kib('Private_Clean') + kib('Private_Dirty')) / 1024 }
}
