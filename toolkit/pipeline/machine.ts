import type { Context } from '../step.ts'

/** Something that happened on GitHub, as far as workflows see it. */
export type Event = {
  name: 'pull_request' | 'push' | 'workflow_dispatch'
  ref: string
  sha: string
  actor: string
  /** The event's payload: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
  payload: Record<string, unknown>
  inputs?: Record<string, string>
}

type Values = Record<string, string>

/** What stands for GitHub and for a runner's machine. */
export type Machine = Pick<Context, 'print' | 'signal'> & {
  /** Below it, each job has a folder of its own. */
  folder: string
  repository: string
  /** What `checkout` clones, with the token of the job. */
  remote: string
  /** All that a process finds in its environment, beside what GitHub puts there. HOME is each job's own. */
  env: NodeJS.ProcessEnv
  variables: Values
  secrets: { repository: Values; environments: Record<string, Values> }
  /** The GITHUB_TOKEN of a job that has these permissions. */
  issueToken(permissions: Record<string, string>): string
  /** What this job finds in its environment beside that: with `id-token: write`, whom to ask for its identity. */
  envOf?(job: { event: Event; workflow: string; job: string; permissions: Record<string, string> }): NodeJS.ProcessEnv
  /** Lines that are not run here, and why: the reason is printed. `do` is done in their place. */
  elsewhere: readonly { line: RegExp; reason: string; do?(workspace: string): Promise<void> }[]
  /** Called before each line: what a fault or an attacker does meanwhile. */
  before?(step: { job: string; line: string; workspace: string }): Promise<void>
}

export type Outcome = 'success' | 'failure' | 'skipped'

export type StepReport = {
  /** The line of `run`, or the action. */
  line: string
  outcome: Outcome | 'elsewhere'
  output: string
  seconds: number
}

export type JobReport = { result: Outcome; outputs: Values; steps: StepReport[]; summary: string; environment?: string }

/** `artifacts` is the folder of what jobs handed to each other. */
export type RunReport = { jobs: Record<string, JobReport>; artifacts: string }
