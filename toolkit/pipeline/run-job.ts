import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Functions, interpolate } from './expression.ts'
import { describeEvent, isFromFork } from './github-context.ts'
import type { Event, JobReport, Machine } from './machine.ts'
import { runSteps } from './run-steps.ts'
import type { Job, Workflow } from './workflow.ts'

export type Asked = {
  id: string
  job: Job
  workflow: Workflow & { file: string }
  event: Event
  machine: Machine
  folder: string
  artifacts: string
  needs: Record<string, { result: string; outputs: Record<string, string> }>
  matrix: Record<string, string>
}

/** One job on a machine of its own: a fresh folder and HOME, the secrets that reach it, and a token that may what its permissions say. */
export async function runJob({
  id,
  job,
  workflow,
  event,
  machine,
  folder,
  artifacts,
  needs,
  matrix,
}: Asked): Promise<JobReport> {
  const place = (name: string) => join(folder, name)
  const [workspace, home, temp] = [place('work'), place('home'), place('temp')]
  for (const each of [workspace, home, temp]) await mkdir(each, { recursive: true })
  const fork = isFromFork(event, machine.repository)
  const permissions = permissionsOf(job.permissions ?? workflow.permissions ?? {}, fork)
  const token = machine.issueToken(permissions)
  const extra = machine.envOf?.({ event, workflow: workflow.file, job: id, permissions }) ?? {}
  const github = await describeEvent(
    event,
    { ...machine, env: { ...machine.env, ...extra } },
    { workflow, job: id, folder, workspace, token },
  )
  const before = {
    github: github.context,
    inputs: event.inputs ?? {},
    vars: machine.variables,
    needs,
    matrix,
    strategy: {},
  }
  const environment = nameOf(job.environment, before)
  const secrets = fork ? {} : { ...machine.secrets.repository, ...machine.secrets.environments[environment ?? ''] }
  const contexts = {
    ...before,
    secrets: { ...secrets, GITHUB_TOKEN: token },
    runner: { os: 'Linux', arch: 'X64', temp },
    job: { status: 'success' },
  }
  if (interpolate(job['runs-on'], before, neutral) !== 'ubuntu-24.04')
    throw new Error(`${workflow.file}, ${id}: nobody asked for another runner`)
  const fill = (values: Job['env'] = {}) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, interpolate(String(value), contexts, neutral)]),
    )
  const env: NodeJS.ProcessEnv = {
    ...machine.env,
    ...{ HOME: home, RUNNER_TEMP: temp, RUNNER_OS: 'Linux', RUNNER_ARCH: 'X64' },
    ...github.env,
    ...extra,
    ...fill(workflow.env),
    ...fill(job.env),
  }
  const scope = { ...{ id, job: id, event, machine, workspace, folder, artifacts, token, permissions, env, contexts } }
  const report: JobReport = {
    result: 'success',
    outputs: {},
    steps: [],
    summary: '',
    ...(environment && { environment }),
  }
  const summaries: string[] = []
  const guarded = new Map([...Object.entries(secrets), ['GITHUB_TOKEN', token] as const])
  const { result, steps } = await runSteps(job.steps, { ...scope, secrets: guarded, reports: report.steps, summaries })
  report.result = result
  for (const [name, text] of Object.entries(job.outputs ?? {}))
    report.outputs[name] = interpolate(text, { ...before, steps }, neutral)
  report.summary = summaries.join('')
  return report
}

const neutral: Functions = { success: () => true, failure: () => false, cancelled: () => false }

function permissionsOf(wanted: Record<string, string>, fork: boolean): Record<string, string> {
  if (!fork) return wanted
  const readable = Object.entries(wanted).filter(([name]) => name !== 'id-token')
  return Object.fromEntries(readable.map(([name]) => [name, 'read']))
}

function nameOf(environment: Job['environment'], contexts: Record<string, unknown>): string | undefined {
  const name = typeof environment === 'string' ? environment : environment?.name
  return name === undefined ? undefined : interpolate(name, contexts, neutral)
}
