import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { run } from '../exec.ts'
import { createCommandFiles } from './command-files.ts'
import { type Contexts, type Functions, interpolate, isTrue } from './expression.ts'
import { type Call, foreignActions } from './foreign-actions.ts'
import type { Outcome, StepReport } from './machine.ts'
import { readAction, type Step } from './workflow.ts'

export type Scope = Omit<Call, 'inputs'> & {
  job: string
  folder: string
  contexts: Contexts
  /** Values that no output may hold, by their names. */
  secrets: ReadonlyMap<string, string>
  reports: StepReport[]
  summaries: string[]
}

type Values = Record<string, string | number | boolean>
type Done = { outcome: Outcome; outputs: Record<string, string> }

type Ended = { result: Outcome; steps: Record<string, unknown> }

/** Runs steps in order, those of composite actions of ours among them. Resolves to whether all is well, and the context `steps`. */
export async function runSteps(steps: readonly Step[], scope: Scope, isComposite = false): Promise<Ended> {
  let result: Outcome = 'success'
  const known: Record<string, unknown> = {}
  const functions: Functions = {
    success: () => result === 'success',
    failure: () => result === 'failure',
    cancelled: () => false,
    hashFiles: patterns => hashFiles(scope.workspace, patterns),
  }
  for (const step of steps) {
    const contexts: Contexts = { ...scope.contexts, steps: known, env: scope.env }
    const { secrets: _, ...visible } = contexts
    const fill = (values: Values = {}) =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, interpolate(String(value), contexts, functions)]),
      )
    const wanted = isTrue(step.if, visible, functions)
    const done = wanted ? await runStep(step, fill, scope, isComposite) : await skip(step, scope)
    if (step.id) known[step.id] = { outputs: done.outputs, outcome: done.outcome }
    if (done.outcome === 'failure' && !step['continue-on-error']) result = 'failure'
  }
  return { result, steps: known }
}

async function skip(step: Step, { reports }: Scope): Promise<Done> {
  reports.push({ line: lineOf(step), outcome: 'skipped', output: '', seconds: 0 })
  return { outcome: 'skipped', outputs: {} }
}

const lineOf = ({ run, uses }: Step) => run ?? uses ?? ''

async function runStep(
  step: Step,
  fill: (values?: Values) => Record<string, string>,
  scope: Scope,
  isComposite: boolean,
): Promise<Done> {
  const line = lineOf(step)
  const env = { ...scope.env, ...fill(step.env) }
  if (step.run !== undefined) {
    if (isComposite && step.shell !== 'bash') throw new Error(`${line}: a step of a composite action names its shell`)
    return runLine(step.run, { ...scope, env }, scope)
  }
  if (line.startsWith('./')) {
    const { inputs = {}, runs } = await readAction(scope.workspace, line)
    const given = fill(step.with)
    for (const name of Object.keys(given)) if (!(name in inputs)) throw new Error(`${line} has no input "${name}"`)
    const defaults = Object.fromEntries(Object.entries(inputs).map(([name, { default: value = '' }]) => [name, value]))
    const { secrets: _, ...contexts } = scope.contexts // a composite action sees none
    const inner = { ...scope, contexts: { ...contexts, inputs: { ...defaults, ...given } } }
    return { outcome: (await runSteps(runs.steps, inner, true)).result, outputs: {} }
  }
  const action = foreignActions[line.replace(/@.*$/, '')]
  if (action === undefined) throw new Error(`${line}: nobody has said what this action does; see foreign-actions.ts`)
  const since = performance.now()
  const report = (outcome: Outcome, output: string) =>
    scope.reports.push({ line, outcome, output, seconds: (performance.now() - since) / 1000 })
  try {
    const { says, outputs = {}, paths = [] } = await action({ ...scope, env, inputs: fill(step.with) })
    addPaths(scope, paths)
    report('success', says)
    return { outcome: 'success', outputs }
  } catch (error) {
    report('failure', (error as Error).message)
    return { outcome: 'failure', outputs: {} }
  }
}

async function runLine(
  line: string,
  { machine, job, workspace, folder, env, secrets, reports }: Scope,
  scope: Scope,
): Promise<Done> {
  const other = machine.elsewhere.find(each => each.line.test(line))
  if (other) {
    await other.do?.(workspace)
    reports.push({ line, outcome: 'elsewhere', output: other.reason, seconds: 0 })
    return { outcome: 'success', outputs: {} }
  }
  await machine.before?.({ job, line, workspace })
  const since = performance.now()
  const files = await createCommandFiles(folder)
  const script = join(folder, 'script.sh')
  await writeFile(script, line)
  const said: string[] = []
  const { code } = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: workspace,
    env: { ...env, ...files.env },
    output: text => void said.push(text),
    signal: machine.signal,
  })
  machine.signal.throwIfAborted()
  const output = said.join('\n')
  const told = await files.read()
  for (const [name, value] of secrets)
    if (value !== '' && `${output}${told.summary}${JSON.stringify(told.outputs)}`.includes(value))
      throw new Error(`${job}: \`${line}\` has printed ${name}`)
  Object.assign(scope.env, told.env)
  addPaths(scope, told.paths)
  scope.summaries.push(told.summary)
  const outcome = code === 0 ? 'success' : 'failure'
  reports.push({ line, outcome, output, seconds: (performance.now() - since) / 1000 })
  return { outcome, outputs: told.outputs }
}

function addPaths({ env }: Scope, paths: string[]): void {
  env.PATH = [...paths, env.PATH].join(delimiter)
}

/** One digest of the digests of all files, as GitHub has it; empty when there is none. */
function hashFiles(workspace: string, patterns: string[]): string {
  const isFile = (entry: { isFile(): boolean }) => entry.isFile()
  const files = globSync(patterns, { cwd: workspace, withFileTypes: true, exclude: ['node_modules'] })
    .filter(isFile)
    .map(entry => join(entry.parentPath, entry.name))
  const whole = createHash('sha256')
  for (const file of files.sort()) whole.update(createHash('sha256').update(readFileSync(file)).digest())
  return files.length === 0 ? '' : whole.digest('hex')
}
