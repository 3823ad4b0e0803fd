import { readGithub } from '../github.ts'
import { createGithubApi } from '../github-api.ts'
import type { Context } from '../step.ts'

/** How the run before this one ended: of the same workflow on the same branch (of any tag for a tag), cancelled ones left out. */
export async function lastConclusion(context: Context, delaysMs?: readonly number[]): Promise<string | undefined> {
  const { env } = context
  const run = Number(env.GITHUB_RUN_ID)
  const attempt = Number(env.GITHUB_RUN_ATTEMPT ?? 1)
  const api = createGithubApi(context, delaysMs ? { delaysMs } : {})
  if (attempt > 1) return api.readAttempt(run, attempt - 1)
  // owner/name/.github/workflows/ci.yml@refs/heads/main
  const workflow = /\/([^/@]+)@/.exec(env.GITHUB_WORKFLOW_REF ?? '')?.[1]
  if (workflow === undefined) throw new Error('GITHUB_WORKFLOW_REF: GitHub Actions sets it, and it is not set')
  const branch = /^refs\/heads\/(.+)$/.exec(readGithub(env)?.ref ?? '')?.[1]
  const runs = await api.listRuns(workflow, branch)
  return runs.find(each => each.id < run && ['success', ...reds].includes(each.conclusion))?.conclusion
}

const reds = ['failure', 'timed_out', 'startup_failure']

export const isRed = (conclusion: string | undefined): boolean => conclusion !== undefined && reds.includes(conclusion)
