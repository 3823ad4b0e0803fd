import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { loadParser } from './parser.ts'

type Values = Record<string, string | number | boolean>

export type Step = {
  id?: string
  name?: string
  if?: string
  uses?: string
  run?: string
  with?: Values
  env?: Values
  shell?: string
  'continue-on-error'?: boolean
}

export type Job = {
  needs?: string | string[]
  if?: string
  'runs-on': string
  'timeout-minutes'?: number
  'continue-on-error'?: boolean
  environment?: string | { name: string }
  permissions?: Record<string, string>
  concurrency?: string | { group: string; 'cancel-in-progress'?: boolean | string }
  strategy?: { matrix?: Record<string, string[]> }
  env?: Values
  outputs?: Record<string, string>
  steps: Step[]
}

type Filter = {
  branches?: string[]
  tags?: string[]
  paths?: string[]
  types?: string[]
  inputs?: Record<string, Input>
} | null
export type Input = { type?: string; options?: string[]; required?: boolean; default?: string }

export type Workflow = {
  name: string
  on: Record<string, Filter>
  permissions?: Record<string, string>
  concurrency?: string | { group: string; 'cancel-in-progress'?: boolean | string }
  env?: Values
  jobs: Record<string, Job>
}

export type Action = { inputs?: Record<string, { default?: string }>; runs: { using: string; steps: Step[] } }

export const needsOf = ({ needs = [] }: Job): string[] => [needs].flat()

/** Held to GitHub's own schema by GitHub's own parser, which knows every key, context and function; then read as plain YAML. */
export async function readWorkflow(root: string, file: string): Promise<Workflow> {
  const content = await readFile(join(root, file), 'utf8')
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await loadParser()
  const { context, value } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter())
  refuse(context.errors.getErrors())
  if (value === undefined) throw new Error(`${file} is empty`)
  const template = await convertWorkflowTemplate(context, value)
  refuse([...context.errors.getErrors(), ...(template.errors ?? []).map(({ Message }) => ({ message: Message }))])
  const workflow: Workflow = parse(content) // the parser has just said that it is one
  const { on } = workflow as { on: Workflow['on'] | string | string[] } // a name and a list of names are short for this
  if (typeof on !== 'string' && !Array.isArray(on)) return workflow
  return { ...workflow, on: Object.fromEntries([on].flat().map(name => [name, null])) }
}

/** A composite action of this repository. */
export async function readAction(root: string, folder: string): Promise<Action> {
  const file = join(folder, 'action.yml')
  const content = await readFile(join(root, file), 'utf8')
  const { convertActionTemplate, NoOperationTraceWriter, parseAction } = await loadParser()
  const { context, value } = parseAction({ name: file, content }, new NoOperationTraceWriter())
  refuse(context.errors.getErrors())
  if (value === undefined) throw new Error(`${file} is empty`)
  const { runs } = convertActionTemplate(context, value)
  refuse(context.errors.getErrors())
  if (runs.using !== 'composite') throw new Error(`${file}: expected a composite action, got ${runs.using}`)
  return parse(content) // the parser has just said that it is one
}

function refuse(errors: readonly { message: string }[]): void {
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
}
