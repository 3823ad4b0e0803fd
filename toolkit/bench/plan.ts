import { nearest } from '../../lib/nearest.ts'
import { parseOptions } from '../options.ts'
import { type Context, UsageError } from '../step.ts'
import type { LoadOptions } from './load.ts'

const groups = ['parts', 'whole', 'start'] as const
type Group = (typeof groups)[number]

export type Plan = {
  groups: readonly Group[]
  rounds: number
  load: LoadOptions
  /** Rounds of starts, which are short. */
  starts: number
}

export const help = `Usage: ./fairlead bench [options]

  --quick             small counts, under a minute: shows that it runs, its figures say little
  --rounds <n>        rounds, in each of which everything is measured once; default 7 (quick 2), and three times
                      as many of starts
  --seconds <n>       of load on each server in each round, after as many to warm up; default 2 (quick 0.4)
  --connections <n>   requests under way at any time; default 50
  --only <group>      parts: a bare Hono route, and with one part of the service around it
                      whole: the bundle as an image runs it by default, and with tracing at 10 %
                      start: time to the first answer, and memory

Linux only, and the machine should do nothing else. How to read it: docs/benchmarks.md.
A missed aim is a fact, not a failure: exits 1 only when a server fails or answers with anything but 200.`

export function parsePlan(args: string[]): Plan {
  const { values } = parseOptions(args, {
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string' },
  })
  const usual = values.quick ? { rounds: 2, seconds: 0.4 } : { rounds: 7, seconds: 2 }
  const rounds = parseNumber('--rounds', values.rounds, /^\d{1,4}$/) ?? usual.rounds
  const seconds = parseNumber('--seconds', values.seconds, /^\d{1,4}(\.\d{1,3})?$/) ?? usual.seconds
  const connections = parseNumber('--connections', values.connections, /^\d{1,4}$/) ?? 50
  return {
    groups: values.only === undefined ? groups : [parseGroup(values.only, groups)],
    rounds,
    load: { connections, seconds, warmUpSeconds: seconds },
    starts: rounds * 3,
  }
}

export function parseNumber(option: string, text: string | undefined, pattern: RegExp): number | undefined {
  if (text === undefined) return undefined
  if (pattern.test(text) && Number(text) > 0) return Number(text)
  const kind = pattern.test('1.5') ? 'number' : 'whole number'
  throw new UsageError(`${option}: expected a ${kind} above 0 and below 10000, got "${text}"`)
}

export function parseGroup<const G extends string>(word: string, groups: readonly G[]): G {
  const group = groups.find(each => each === word)
  if (group) return group
  const right = nearest(word, groups)
  const hint = right ? `did you mean ${right}?` : `there are ${groups.join(', ')}`
  throw new UsageError(`--only: there is no group "${word}"; ${hint}`)
}

/** Something else than the service, with options of its own. */
export type Subject = { help: string; run(args: string[], context: Context): Promise<number> }

/** What is measured, and its options. The word, if any, comes first; without one it is the service. */
export function parseSubject(args: string[], subjects: Record<string, Subject>): { subject?: Subject; rest: string[] } {
  const [word, ...rest] = args
  if (word === undefined || word.startsWith('-')) return { rest: args }
  const subject = subjects[word]
  if (subject) return { subject, rest }
  const names = Object.keys(subjects)
  const right = nearest(word, names)
  const hint = right ? `did you mean ${right}?` : `there is ${[...names, 'the service without a word'].join(', ')}`
  throw new UsageError(`there is nothing called "${word}" to measure; ${hint}`)
}
