import { drills, undrilled } from './drill/catalog.ts'
import { chooseDrills } from './drill/choose.ts'
import type { StackOptions } from './drill/open.ts'
import { runDrills } from './drill/run.ts'
import { orNotRun } from './not-run.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'

const FACTOR = 60

export const drill: Step = {
  name: 'drill',
  summary: 'Make an alert fire for real, see it arrive, and see it resolve.',
  help: `Usage: ./fairlead drill <alert> ...
       ./fairlead drill --all
       ./fairlead drill --list

  --all              every drill, one after the other; about half an hour
  --list             what there is, and what each one breaks
  --factor <n>       how much faster than in earnest everything waits; default ${FACTOR}
  --project <name>   a stack that runs already, instead of one of its own; it is as before when the drill is over

It starts the stack of docker-compose.yml over copies of prometheus/, monitoring/rules and flags/, in which windows, for,
scrapes, evaluations, groups and repeats are all divided by the factor, and takes it down at the end. docs/drills.md
explains what it prints. Exits 1 when an alert did not arrive, or did not resolve.`,
  async run(args, context) {
    const { values, positionals } = parseOptions(args, options, { allowPositionals: true })
    if (values.list) return list(context)
    if (values.all && positionals.length > 0) throw new UsageError('give names or --all, not both')
    const names = values.all ? drills.map(({ name }) => name) : chooseDrills(positionals)
    if (names.length === 0) throw new UsageError('name an alert, or --all; --list says what there is')
    const factor = parseFactor(values.factor)
    return orNotRun(context, () => runOnStack(names, { factor, project: values.project }, context))
  },
}

async function runOnStack(names: string[], options: StackOptions, context: Context): Promise<number> {
  const { openDrillStack } = await import('./drill/open.ts')
  await using stack = await openDrillStack(context, options)
  const results = await runDrills(stack, names)
  const failed = results.filter(({ passed }) => !passed)
  context.print(`${results.length - failed.length} of ${results.length} drills passed`)
  return failed.length === 0 ? 0 : 1
}

const options = {
  all: { type: 'boolean' },
  list: { type: 'boolean' },
  factor: { type: 'string' },
  project: { type: 'string' },
} as const

function parseFactor(text = String(FACTOR)): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text)
  throw new UsageError(`--factor: expected a whole number from 1 to 999, got "${text}"`)
}

function list({ print }: Context): number {
  for (const { name, alert, when } of drills) {
    print(`${name.padEnd(31)}when ${when}${alert === name ? '' : ` (${alert})`}`)
  }
  print('\nWithout a drill:\n')
  for (const [alert, reason] of Object.entries(undrilled)) print(`${alert.padEnd(31)}${reason}`)
  return 0
}
