import { nearest } from '../../lib/nearest.ts'
import { parseOptions } from '../options.ts'
import { type Step, UsageError } from '../step.ts'
import type { SoakPart } from './part.ts'

type Chosen = { name: string; part: SoakPart; count: number }

export function createSoak(parts: Record<string, SoakPart>): Step {
  const counted = Object.values(parts).flatMap(({ counts }) => counts ?? [])
  return {
    name: 'soak',
    summary: 'Run in full what takes too long for every day: crashes, memory, every rule and alert.',
    help: [
      'Usage: ./fairlead soak [--only <part>] [options]',
      '',
      ...Object.entries(parts).map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`),
      '',
      ...counted.map(({ name, usually }) => `  --${`${name} <n>`.padEnd(13)}how many ${name}; default ${usually}`),
      '',
      'SOAK_SEED repeats the choices of a run that printed it. TEST_DATABASE_URL names a server to use (default: one of our own).',
      'Exits 1 when a part fails.',
    ].join('\n'),
    async run(args, context) {
      const verdicts: string[] = []
      let failed = false
      for (const { name, part, count } of choose(args, parts)) {
        context.print(`== ${name}`)
        const since = performance.now()
        const passed = await part.run(count, context)
        context.signal.throwIfAborted()
        if (!passed) failed = true
        const seconds = ((performance.now() - since) / 1000).toFixed(1)
        verdicts.push(`${passed ? 'passed' : 'FAILED'}  ${name.padEnd(11)}  ${seconds.padStart(7)} s`)
      }
      for (const line of verdicts) context.print(line)
      return failed ? 1 : 0
    },
  }
}

function choose(args: string[], parts: Record<string, SoakPart>): Chosen[] {
  const names = Object.values(parts).flatMap(({ counts }) => counts?.name ?? [])
  const options = names.map(name => [name, { type: 'string' }] as const)
  const { values } = parseOptions(args, { only: { type: 'string' }, ...Object.fromEntries(options) })
  const { only, ...given }: Record<string, unknown> = values
  if (typeof only === 'string' && !Object.hasOwn(parts, only)) {
    const right = nearest(only, Object.keys(parts))
    const hint = right ? `did you mean ${right}?` : `there are ${Object.keys(parts).join(', ')}`
    throw new UsageError(`--only: there is no part "${only}"; ${hint}`)
  }
  return Object.entries(parts)
    .filter(([name]) => only === undefined || only === name)
    .map(([name, part]) => ({ name, part, count: part.counts ? parseCount(part.counts, given) : 1 }))
}

function parseCount({ name, usually }: { name: string; usually: number }, given: Record<string, unknown>): number {
  const count = String(given[name] ?? usually)
  if (/^[1-9]\d{0,8}$/.test(count)) return Number(count)
  throw new UsageError(`--${name}: expected a whole number from 1, got "${count}"`)
}
