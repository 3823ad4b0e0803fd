import { type Call, Refused, type Routes } from './route.ts'
import type { StatusRecord } from './state.ts'

const listStatuses = ({ repository, parts: [commit = ''] }: Call) => repository.statuses.get(commit) ?? []

function addStatus({ repository, parts: [commit = ''], body }: Call): StatusRecord {
  repository.statuses.set(commit, [body, ...(repository.statuses.get(commit) ?? [])])
  return body
}

const listRuns = ({ repository, parts: [workflow], query, url }: Call) =>
  repository.runs
    .filter(run => run.workflow === workflow && run.branch === (query.get('branch') ?? run.branch))
    .filter(run => query.get('status') !== 'completed' || run.conclusion !== null)
    .toSorted((a, b) => b.id - a.id)
    .map(run => ({
      id: run.id,
      conclusion: run.conclusion,
      run_number: run.number,
      html_url: `${url}/${repository.fullName}/actions/runs/${run.id}`,
    }))

function readAttempt(call: Call) {
  const [run, attempt] = call.parts.map(Number)
  const conclusion = call.repository.attempts.get(`${run}/${attempt}`)
  if (conclusion === undefined) throw new Refused(404, { message: 'Not Found' })
  return {
    id: run,
    run_attempt: attempt,
    run_number: 1,
    conclusion,
    html_url: `${call.url}/${call.repository.fullName}/actions/runs/${run}`,
  }
}

export const statusRoutes: Routes = [
  ['GET', /^\/commits\/([0-9a-f]{40})\/statuses$/, { needs: ['statuses', 'read'], answer: listStatuses }],
  ['POST', /^\/statuses\/([0-9a-f]{40})$/, { needs: ['statuses', 'write'], status: 201, answer: addStatus }],
  [
    'GET',
    /^\/actions\/workflows\/([\w.-]+)\/runs$/,
    { needs: ['actions', 'read'], key: 'workflow_runs', answer: listRuns },
  ],
  ['GET', /^\/actions\/runs\/(\d+)\/attempts\/(\d+)$/, { needs: ['actions', 'read'], answer: readAttempt }],
]
