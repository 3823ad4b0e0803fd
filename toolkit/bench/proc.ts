import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'

/** Linux tells times in hundredths of a second to every program, whatever the kernel counts in (USER_HZ). */
const TICK_MICROSECONDS = 10_000

/** CPU time of a process so far: all its threads, user and system, and of the children that it has seen end. */
export const cpuMicroseconds = (pid: number | 'self'): number => parseCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'))

/** proc_pid_stat(5): utime, stime, cutime, cstime. */
export function parseCpu(stat: string): number {
  // The second field is the program's name in parentheses, and may hold both blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return sum([11, 12, 13, 14].map(index => fields[index])) * TICK_MICROSECONDS
}

/** CPU time that the machine has spent so far; proc_stat(5): all but idle and iowait, and guests are in user already. */
export function parseMachine(stat: string): number {
  const [user, nice, system, , , irq, softirq, steal] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ')
  return sum([user, nice, system, irq, softirq, steal]) * TICK_MICROSECONDS
}

type Snapshot = { ms: number; machine: number; own: number }

/** Returns what to ask at the end: the share of the machine's CPUs that went to others than us and our children. */
export function watchOthers(): () => number {
  if (process.platform !== 'linux') throw new Error('bench reads CPU time and memory from /proc: it needs Linux')
  const before = snapshot()
  return () => othersShare(before, snapshot(), availableParallelism())
}

const snapshot = (): Snapshot => ({
  ms: performance.now(),
  machine: parseMachine(readFileSync('/proc/stat', 'utf8')),
  own: cpuMicroseconds('self'),
})

export function othersShare(before: Snapshot, after: Snapshot, cpus: number): number {
  const others = after.machine - before.machine - (after.own - before.own)
  return others / 1000 / (after.ms - before.ms) / cpus
}

const QUIET = 0.1

/** What a share of others means for the figures. */
export function interferenceNote(share: number): string {
  const found = `Meanwhile other programs took ${Math.round(share * 100)} % of this machine's CPU time`
  return share > QUIET ? `${found}: take no figure from this run.` : `${found}.`
}

/** `private` is what no other process shares: without the code of Node itself, which our own process maps as well. */
export type Memory = { rssMiB: number; privateMiB: number }

export async function memoryOf(pid: number): Promise<Memory> {
  return parseMemory(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))
}

/** proc_pid_smaps(5) */
export function parseMemory(rollup: string): Memory {
  const kib = (name: string) => new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]
  return { rssMiB: sum([kib('Rss')]) / 1024, privateMiB: sum([kib('Private_Clean'), kib('Private_Dirty')]) / 1024 }
}

/** NaN when one is missing. */
const sum = (texts: readonly (string | undefined)[]) => texts.reduce((total, text) => total + Number(text), 0)
