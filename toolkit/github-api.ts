import { createPulls, type Pulls } from './github-api/pulls.ts'
import { createClient } from './github-api/request.ts'
import { createSettings, type Settings } from './github-api/settings.ts'
import { createStatuses, type Statuses } from './github-api/statuses.ts'
import type { Context } from './step.ts'

/** What the toolkit asks of GitHub about one repository; nothing else here talks to that API. */
export type GithubApi = Pulls & Statuses & Settings & { repository: string; tokenName: string }

type Choice = { repository?: string; tokens?: readonly string[]; delaysMs?: readonly number[] }

/**
 * `repository` is that of the workflow unless another is given; the token is the first of the variables named in `tokens`
 * that is set. GITHUB_API_URL leads to a GitHub Enterprise Server.
 */
export function createGithubApi({ env, signal }: Pick<Context, 'env' | 'signal'>, choice: Choice = {}): GithubApi {
  const { repository = env.GITHUB_REPOSITORY, tokens = ['GITHUB_TOKEN'], delaysMs } = choice
  if (repository === undefined || !isRepository(repository))
    throw new Error(`expected a repository as owner/name, got "${repository ?? ''}"; set GITHUB_REPOSITORY`)
  const tokenName = tokens.find(name => env[name] !== undefined) ?? tokens[0] ?? 'GITHUB_TOKEN'
  const client = createClient({
    apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
    token: env[tokenName],
    tokenName,
    signal,
    ...(delaysMs && { delaysMs }),
  })
  return {
    repository,
    tokenName,
    ...createPulls(client, repository),
    ...createStatuses(client, repository),
    ...createSettings(client, repository),
  }
}

/** It becomes part of a path of the API, so nothing but a name may pass. */
export const isRepository = (text: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/.test(text)
