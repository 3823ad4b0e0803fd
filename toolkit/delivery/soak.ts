import { join } from 'node:path'
import { nearest } from '../../lib/nearest.ts'
import { start } from '../exec.ts'
import { temporaryPostgres } from '../local/temporary-postgres.ts'
import { parseOptions } from '../options.ts'
import { type Context, type Step, UsageError } from '../step.ts'

/** A test file that goes on for longer when SOAK_<COUNTS> says so; `npm test` runs it with a small count. */
type Loop = { file: string; counts: string; usually: number; summary: string }

const loops: Record<string, Loop> = {
  crash: {
    file: 'delivery/crash.copy.test.ts',
    counts: 'kills',
    usually: 200,
    summary: 'a killed process loses nothing',
  },
  heap: { file: 'delivery/heap.copy.test.ts', counts: 'events', usually: 100_000, summary: 'memory stays flat' },
}

export const soak: Step = {
  name: 'soak',
  summary: 'Runs long loops in full, of which npm test runs a little: crashes, memory.',
  help: [
    'Usage: ./fairlead soak [--only <loop>] [options]',
    '',
    ...Object.entries(loops).map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`),
    '',
    ...Object.values(loops).map(
      ({ counts, usually }) => `  --${`${counts} <n>`.padEnd(13)}how many ${counts}; default ${usually}`,
    ),
    '',
    'SOAK_SEED repeats the choices of a run that printed it. TEST_DATABASE_URL names a server to use (default: one of our own).',
    'Exits 1 when a loop fails.',
  ].join('\n'),
  async run(args, context) {
    const chosen = choose(args)
    const { env, signal, print } = context
    const postgres = env.TEST_DATABASE_URL ? undefined : await temporaryPostgres({ signal })
    const verdicts: string[] = []
    let failed = false
    try {
      for (const [name, variables, file] of chosen) {
        print(`== ${name}`)
        const since = performance.now()
        const url = env.TEST_DATABASE_URL ?? postgres?.url
        const passed = await runLoop(file, { ...variables, TEST_DATABASE_URL: url }, context)
        if (!passed) failed = true
        const seconds = ((performance.now() - since) / 1000).toFixed(1)
        verdicts.push(`${passed ? 'passed' : 'FAILED'}  ${name.padEnd(11)}  ${seconds.padStart(7)} s`)
      }
    } finally {
      await postgres?.stop()
    }
    for (const line of verdicts) print(line)
    return failed ? 1 : 0
  },
}

function choose(args: string[]): [name: string, variables: NodeJS.ProcessEnv, file: string][] {
  const counts = Object.values(loops).map(loop => [loop.counts, { type: 'string' }] as const)
  const { values } = parseOptions(args, { only: { type: 'string' }, ...Object.fromEntries(counts) })
  const { only, ...given }: Record<string, unknown> = values
  if (typeof only === 'string' && !(only in loops)) {
    const right = nearest(only, Object.keys(loops))
    const hint = right ? `did you mean ${right}?` : `there are ${Object.keys(loops).join(', ')}`
    throw new UsageError(`--only: there is no loop "${only}"; ${hint}`)
  }
  return Object.entries(loops)
    .filter(([name]) => only === undefined || only === name)
    .map(([name, { counts, usually, file }]) => {
      const count = given[counts] ?? String(usually)
      if (!/^[1-9]\d{0,8}$/.test(String(count)))
        throw new UsageError(`--${counts}: expected a whole number from 1, got "${count}"`)
      return [name, { [`SOAK_${counts.toUpperCase()}`]: String(count) }, file]
    })
}

/** Each line as it comes: a loop may take an hour. */
async function runLoop(file: string, variables: NodeJS.ProcessEnv, { root, env, signal, print }: Context) {
  // Set when a test runs this step: the loop must report as a run of its own.
  const { NODE_TEST_CONTEXT: _, ...own }: NodeJS.ProcessEnv = { ...env, ...variables, NO_COLOR: '1' }
  const options = { cwd: root, env: own, signal, output: print }
  const { exited } = await start(process.execPath, ['--test-reporter=spec', join(root, file)], options)
  const { code } = await exited
  signal.throwIfAborted()
  return code === 0
}
