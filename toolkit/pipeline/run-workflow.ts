import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isTrue } from './expression.ts'
import type { Event, JobReport, Machine, RunReport } from './machine.ts'
import { runJob } from './run-job.ts'
import { startedBy } from './triggers.ts'
import { type Job, needsOf, readWorkflow, type Workflow } from './workflow.ts'

/** Runs a workflow of a checkout as GitHub would for this event, one job after the other. */
export async function runWorkflow(root: string, file: string, event: Event, machine: Machine): Promise<RunReport> {
  const workflow = { ...(await readWorkflow(root, file)), file }
  if (!startedBy(workflow, event)) throw new Error(`${file} does not start on ${event.name} of ${event.ref}`)
  const folder = await mkdtemp(join(machine.folder, 'run-'))
  const artifacts = join(folder, 'artifacts')
  await mkdir(artifacts)
  const jobs: Record<string, JobReport> = {}
  for (const id of inOrder(workflow)) {
    const job = workflow.jobs[id] as Job // one of its own keys
    jobs[id] = wanted(job, { event, machine, jobs, workflow })
      ? await runMatrix(id, job, { workflow, event, machine, artifacts, folder, needs: needsFor(job, jobs) })
      : { result: 'skipped', outputs: {}, steps: [], summary: '' }
  }
  return { jobs, artifacts }
}

type Rest = Omit<Parameters<typeof runJob>[0], 'id' | 'job' | 'matrix'>

async function runMatrix(id: string, job: Job, rest: Rest): Promise<JobReport> {
  const [[key, values] = ['', ['']]] = Object.entries(job.strategy?.matrix ?? {})
  const reports: JobReport[] = []
  for (const value of values) {
    const folder = join(rest.folder, [id, value].filter(Boolean).join('-'))
    reports.push(await runJob({ ...rest, id, job, folder, matrix: key === '' ? {} : { [key]: value } }))
    await rm(folder, { recursive: true }) // as GitHub does with the machine of a job
  }
  const failed = reports.find(({ result }) => result === 'failure')
  const report = failed ?? (reports.at(-1) as JobReport) // a matrix has a value, and without one there is one run
  return job['continue-on-error'] ? { ...report, result: 'success' } : report
}

/** Each job after those that it needs. */
function inOrder({ jobs }: Workflow): string[] {
  const order = new Set<string>()
  const visit = (id: string) => {
    for (const each of needsOf(jobs[id] as Job)) visit(each) // the parser has refused unknown ones and cycles
    order.add(id)
  }
  for (const id of Object.keys(jobs)) visit(id)
  return [...order]
}

type Seen = { event: Event; machine: Machine; jobs: Record<string, JobReport>; workflow: Workflow }

/** `success()` asks all before it, near and far; a job that was skipped has not succeeded. */
function wanted(job: Job, { event, machine, jobs, workflow }: Seen): boolean {
  const before = new Set<string>()
  const collect = (each: Job) => {
    for (const id of needsOf(each)) {
      before.add(id)
      collect(workflow.jobs[id] as Job) // as above
    }
  }
  collect(job)
  const results = [...before].map(id => jobs[id]?.result)
  const functions = {
    success: () => results.every(result => result === 'success'),
    failure: () => results.some(result => result === 'failure'),
    cancelled: () => false,
  }
  const github = {
    event_name: event.name,
    event: event.payload,
    ref: event.ref,
    repository: machine.repository,
    actor: event.actor,
  }
  const contexts = { github, inputs: event.inputs ?? {}, vars: machine.variables, needs: needsFor(job, jobs) }
  return isTrue(job.if, contexts, functions)
}

const needsFor = (job: Job, jobs: Record<string, JobReport>) =>
  Object.fromEntries(needsOf(job).map(id => [id, { result: jobs[id]?.result ?? '', outputs: jobs[id]?.outputs ?? {} }]))
