import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nearest } from '../lib/nearest.ts'
import { type CheckPart, parts, type Verdict } from './check/parts.ts'
import { excusable } from './e2e/names.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { excusableSteps } from './verdict.ts'

const cannotRunFile = '.ci/cannot-run'

export const check: Step = {
  name: 'check',
  summary: 'Check what needs tools beyond npm; a check whose tool is absent counts as failed.',
  help: [
    'Usage: ./fairlead check [part ...]',
    '',
    ...parts.map(part => `  ${part.name.padEnd(13)}${part.summary}`),
    '',
    'Each part ends as one of: passed; FAILED; skipped, when it checks a feature that nobody configured;',
    `not run, when its tool is absent: that fails, too, unless ${cannotRunFile} lists the part with a reason.`,
  ].join('\n'),
  async run(args, context) {
    const { positionals } = parseOptions(args, {}, { allowPositionals: true })
    return runParts(choose(positionals), await loadExcuses(context.root), context)
  },
}

function choose(names: string[]): CheckPart[] {
  const all = parts.map(part => part.name)
  for (const name of names.filter(each => !all.includes(each))) {
    const right = nearest(name, all)
    throw new UsageError(
      `check has no part "${name}"${right ? `; did you mean ${right}?` : `; it has ${all.join(', ')}`}`,
    )
  }
  return names.length === 0 ? parts : parts.filter(part => names.includes(part.name))
}

/** Resolves to the exit code. Parts that did not run and are excused are printed last, so that nobody overlooks them. */
export async function runParts(
  chosen: CheckPart[],
  excuses: ReadonlyMap<string, string>,
  context: Context,
): Promise<number> {
  const excused: string[] = []
  let passed = true
  for (const part of chosen) {
    const since = performance.now()
    const verdict = await part.run(context)
    context.signal.throwIfAborted()
    const excuse = verdict.word === 'not run' ? excuses.get(part.name) : undefined
    const line = describe(part, verdict, performance.now() - since)
    if (excuse) excused.push(`${line}; ${cannotRunFile}: ${excuse}`)
    else context.print(line)
    if (verdict.word === 'FAILED' || (verdict.word === 'not run' && !excuse)) passed = false
  }
  for (const line of excused) context.print(line)
  return passed ? 0 : 1
}

function describe({ name }: CheckPart, { word, detail }: Verdict, milliseconds: number): string {
  return `${word.padEnd(8)} ${name.padEnd(12)} ${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${detail}`
}

/** What .ci/cannot-run says about the parts of this step, the proofs of `./fairlead e2e` and steps of the pipeline. */
export const loadExcuses = async (root: string): Promise<Map<string, string>> =>
  parseCannotRun(await readFile(join(root, cannotRunFile), 'utf8'), [
    ...parts.map(part => part.name),
    ...excusable,
    ...excusableSteps,
  ])

/** Lines of `<part>: <reason>`; empty lines and those that start with # say nothing. */
export function parseCannotRun(text: string, names: readonly string[]): Map<string, string> {
  const excuses = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, name = '', reason = ''] = /^([a-z0-9-]+):\s*(.*\S)\s*$/.exec(line) ?? []
    const where = `${cannotRunFile}:${index + 1}`
    if (reason === '') throw new Error(`${where}: expected "<part>: <reason>", got "${line}"`)
    if (!names.includes(name)) throw new Error(`${where}: check has no part "${name}"; it has ${names.join(', ')}`)
    excuses.set(name, reason)
  }
  return excuses
}
