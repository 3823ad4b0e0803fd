import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event, Machine } from './machine.ts'

export type Place = {
  workflow: { file: string; name: string }
  job: string
  folder: string
  workspace: string
  token: string
}

/** The context `github` of a job, and the same in its environment: https://docs.github.com/en/actions/reference/workflows-and-actions */
export async function describeEvent(event: Event, machine: Machine, place: Place) {
  const { workflow, job, folder, workspace, token } = place
  const eventPath = join(folder, 'event.json')
  await writeFile(eventPath, JSON.stringify(event.payload))
  const isPull = event.name === 'pull_request'
  const pull = event.payload.pull_request as { head: { ref: string }; base: { ref: string } } | undefined // GitHub's format
  const values = {
    event_name: event.name,
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha: event.sha,
    head_ref: (isPull && pull?.head.ref) || '',
    base_ref: (isPull && pull?.base.ref) || '',
    actor: event.actor,
    triggering_actor: event.actor,
    repository: machine.repository,
    repository_owner: machine.repository.split('/')[0] ?? '',
    workflow: workflow.name,
    workflow_ref: `${machine.repository}/${workflow.file}@${event.ref}`,
    workflow_sha: event.sha,
    job,
    run_id: '1',
    run_number: '1',
    run_attempt: '1',
    server_url: machine.env.GITHUB_SERVER_URL ?? 'https://github.com',
    api_url: machine.env.GITHUB_API_URL ?? 'https://api.github.com',
    workspace,
    event_path: eventPath,
  }
  const env = Object.fromEntries(Object.entries(values).map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value]))
  return { context: { ...values, event: event.payload, token }, env: { CI: 'true', GITHUB_ACTIONS: 'true', ...env } }
}

/** GitHub gives the pull request of another repository neither secrets nor a token that may write. */
export function isFromFork(event: Event, repository: string): boolean {
  if (event.name !== 'pull_request') return false
  const pull = event.payload.pull_request as { head: { repo: { full_name: string } | null } } // GitHub's format
  return pull.head.repo?.full_name !== repository
}
