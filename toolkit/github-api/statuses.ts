import * as v from 'valibot'
import type { Client } from './request.ts'

const Status = v.object({
  context: v.string(),
  state: v.picklist(['error', 'failure', 'pending', 'success']),
  description: v.optional(v.nullable(v.string())),
  target_url: v.optional(v.nullable(v.string())),
})

export type CommitStatus = {
  context: string
  state: 'error' | 'failure' | 'pending' | 'success'
  description: string
  url: string
}

const Run = v.object({
  id: v.number(),
  conclusion: v.nullable(v.string()),
  html_url: v.string(),
  run_number: v.number(),
})

type WorkflowRun = { id: number; conclusion: string; url: string; number: number }

export type Statuses = {
  /** What was said about a commit, the newest first: of several with one context the first counts. */
  listStatuses(commit: string): Promise<CommitStatus[]>
  /** Runs of a workflow file (on a branch) that have ended, the newest first; no more than a page of them. */
  listRuns(workflow: string, branch: string | undefined): Promise<WorkflowRun[]>
  /** How an earlier try of a run ended. */
  readAttempt(run: number, attempt: number): Promise<string>
}

export function createStatuses(client: Client, repository: string): Statuses {
  return {
    async listStatuses(commit) {
      const found = await client.list(`/repos/${repository}/commits/${commit}/statuses`, 'statuses: read', Status)
      return found.map(({ context, state, description, target_url }) => ({
        context,
        state,
        description: description ?? '',
        url: target_url ?? '',
      }))
    },
    async listRuns(workflow, branch) {
      const query = new URLSearchParams({ ...(branch && { branch }), status: 'completed', per_page: '20' })
      const path = `/repos/${repository}/actions/workflows/${workflow}/runs?${query}`
      const { workflow_runs } = await client.get(path, 'actions: read', v.object({ workflow_runs: v.array(Run) }))
      return workflow_runs.map(run => ({
        id: run.id,
        conclusion: run.conclusion ?? '',
        url: run.html_url,
        number: run.run_number,
      }))
    },
    async readAttempt(run, attempt) {
      const path = `/repos/${repository}/actions/runs/${run}/attempts/${attempt}`
      return (await client.get(path, 'actions: read', Run)).conclusion ?? ''
    },
  }
}
