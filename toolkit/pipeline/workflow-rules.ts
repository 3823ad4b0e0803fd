import { type Contexts, type Functions, interpolate, isTrue } from './expression.ts'
import type { Job, Step, Workflow } from './workflow.ts'

type Rule = (workflow: Workflow, text: string) => string[]

/** What we hold workflows to beyond actionlint and zizmor. Each rule resolves to its sentences. */
export const workflowRules: Record<string, Rule> = {
  'nothing is allowed by default': ({ permissions }) =>
    JSON.stringify(permissions) === '{}' ? [] : ['expected `permissions: {}` at the top'],
  'each permission says why': (_, text) =>
    linesOf(text, /^ {6}[a-z-]+: (read|write)\b(?! +# \S)/).map(line => `expected a reason behind "${line}"`),
  'each job has its own permissions, and a time limit': ({ jobs }) =>
    each(jobs, job => (job.permissions === undefined ? ['no permissions'] : [])).concat(
      each(jobs, job => (job['timeout-minutes'] === undefined ? ['no timeout-minutes'] : [])),
    ),
  'actions are pinned by commit, with the version beside it': (_, text) => unpinned(text),
  'a step is one line, without expressions': ({ jobs }) => eachStep(jobs, step => crooked(step)),
  'a clone leaves no token behind': ({ jobs }) =>
    eachStep(jobs, ({ uses = '', with: given = {} }) =>
      uses.startsWith('actions/checkout@') && given['persist-credentials'] !== false
        ? ['persist-credentials: false']
        : [],
    ),
  'a run of main is never cancelled': workflow =>
    [workflow, ...Object.values(workflow.jobs)].flatMap(({ concurrency }) => {
      const cancel = typeof concurrency === 'object' ? String(concurrency['cancel-in-progress'] ?? false) : 'false'
      return interpolate(cancel, contextsOf('push'), neutral) === 'false' ? [] : ['cancel-in-progress on main']
    }),
  'code of a fork gets no secret and may write nothing': ({ on, jobs, env }) => {
    if ('pull_request' in on === false) return []
    const hasSecret = (job: unknown) => /secrets\s*[.[]/.test(JSON.stringify(job))
    const open = each(jobs, job => {
      const powerful = hasSecret(job) || Object.values(job.permissions ?? {}).includes('write')
      return powerful && isTrue(job.if, contextsOf('fork'), neutral) ? ['runs for a fork'] : []
    })
    return hasSecret(env ?? {}) ? [...open, 'a secret for all jobs'] : open
  },
  'a trusted event checks out main': ({ on, jobs }) => {
    if (!('pull_request_target' in on) && !('workflow_run' in on)) return []
    return eachStep(jobs, ({ uses = '', with: given = {} }) =>
      uses.startsWith('actions/checkout@') && given.ref !== 'main' ? ['expected ref: main'] : [],
    )
  },
  // Those that people are told by are the repository's: an environment may ask for an approval, and nobody would be told.
  'a secret is given to steps, in a job with an environment': ({ jobs }) =>
    each(jobs, job => {
      if (/secrets\s*[.[]/.test(JSON.stringify(job.env ?? {}))) return ['a secret for all steps']
      const hasSecret = /secrets\.(?!SLACK_WEBHOOK_URL|WEBHOOK_)/.test(JSON.stringify(job.steps))
      return hasSecret && job.environment === undefined ? ['no environment'] : []
    }),
  'a pull request runs on machines of GitHub': ({ on, jobs }) =>
    'pull_request' in on
      ? each(jobs, job => {
          const runner = interpolate(job['runs-on'], contextsOf('pull_request'), neutral)
          return runner === 'ubuntu-24.04' ? [] : [`runs on ${runner}`]
        })
      : [],
}

/** All sentences of all rules, each with the rule it is about. */
export const findMistakes = (workflow: Workflow, text: string): string[] =>
  Object.entries(workflowRules).flatMap(([rule, find]) => find(workflow, text).map(sentence => `${rule}: ${sentence}`))

export function unpinned(text: string): string[] {
  const named = linesOf(text, /^\s*(- )?uses: (?!\.\/)/)
  return named.filter(line => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
}

export function crooked({ run }: Step): string[] {
  if (run === undefined) return []
  if (run.trimEnd().includes('\n')) return [`more than one line: ${run.split('\n')[0]} …`]
  return run.includes('${') && /\$\{\{/.test(run) ? [`an expression: ${run}`] : []
}

const linesOf = (text: string, pattern: RegExp): string[] =>
  text
    .split('\n')
    .filter(line => pattern.test(line))
    .map(line => line.trim())

const each = (jobs: Workflow['jobs'], find: (job: Job) => string[]): string[] =>
  Object.entries(jobs).flatMap(([id, job]) => find(job).map(sentence => `${id}: ${sentence}`))

const eachStep = (jobs: Workflow['jobs'], find: (step: Step) => string[]): string[] =>
  each(jobs, job => job.steps.flatMap(find))

const neutral: Functions = { success: () => true, failure: () => false, cancelled: () => false }

/** As an event looks to the conditions of jobs. A machine of one's own is configured. */
function contextsOf(event: 'push' | 'pull_request' | 'fork'): Contexts {
  const full_name = event === 'fork' ? 'other/shop' : 'acme/shop'
  const payload = event === 'push' ? {} : { pull_request: { number: 7, head: { repo: { full_name } } } }
  const event_name = event === 'push' ? 'push' : 'pull_request'
  const ref = event === 'push' ? 'refs/heads/main' : 'refs/pull/7/merge'
  const github = { event_name, ref, sha: '0'.repeat(40), repository: 'acme/shop', event: payload }
  return { github, inputs: {}, vars: { RUNNER: 'mine' }, needs: {}, matrix: {} }
}
