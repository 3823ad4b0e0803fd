import { globSync } from 'node:fs'
import { join } from 'node:path'
import { isFork, type Payload, readGithub, readPayload } from '../github.ts'
import type { Context } from '../step.ts'
import type { Place } from './mode.ts'
import { keysFolder } from './public-keys.ts'

/** Where we are: on a laptop, or in which kind of repository, as the event of GitHub Actions tells. */
export async function readPlace({ root, env }: Pick<Context, 'root' | 'env'>): Promise<Place> {
  const github = readGithub(env)
  return {
    where: github ? 'actions' : 'laptop',
    server: github?.server ?? 'https://github.com',
    ...seeRepository(github ? await readPayload(github) : {}, github?.repository ?? ''),
    hasToken: env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined && env.ACTIONS_ID_TOKEN_REQUEST_TOKEN !== undefined,
    hasKey: env.COSIGN_PRIVATE_KEY !== undefined,
    hasPublicKeys: globSync('*.pub', { cwd: join(root, keysFolder) }).length > 0,
    hasSigstore: env.SIGSTORE_SIGNING_CONFIG !== undefined,
    wanted: parseWanted(env.SIGNING),
  }
}

/** Who cannot tell must not publish a name: a repository of which the event says nothing counts as private. */
export function seeRepository(payload: Payload, name: string): Pick<Place, 'visibility' | 'owner' | 'fork'> {
  const { repository } = payload
  const visibility = repository?.visibility ?? (repository?.private === false ? 'public' : 'private')
  return {
    visibility: visibility === 'public' || visibility === 'internal' ? visibility : 'private',
    owner: repository?.owner?.type === 'User' ? 'user' : 'organization',
    fork: isFork(payload, name),
  }
}

function parseWanted(text: string | undefined): Place['wanted'] {
  if (text === undefined || text === 'keyless' || text === 'key' || text === 'off') return text
  throw new Error(`SIGNING: expected keyless, key or off, got "${text}"`)
}
