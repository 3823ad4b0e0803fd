import { globSync } from 'node:fs'
import { join } from 'node:path'
import { GithubError } from '../../github-api/refusal.ts'
import { createGithubApi, type GithubApi } from '../../github-api.ts'
import { readIdentities } from '../../signing/identities.ts'
import { chooseMode } from '../../signing/mode.ts'
import { keysFolder } from '../../signing/public-keys.ts'
import type { Context } from '../../step.ts'
import { readDeclared, settingsFile } from './declared.ts'
import { type Facts, type Look, looksFor } from './looks.ts'

/** The list of what to set on day one, each with its verdict. Resolves to whether everything was seen and is as declared. */
export async function examineRepository(context: Context): Promise<boolean> {
  const declared = await readDeclared(context.root)
  const { repository, server } = await whereabouts(context)
  const env = { ...context.env, GITHUB_REPOSITORY: repository }
  const api = createGithubApi({ env, signal: context.signal }, { tokens: ['GITHUB_TOKEN', 'GH_TOKEN'] })
  context.print(`${repository} compared with ${settingsFile}:\n`)
  const isGhcr = (context.env.REGISTRY ?? 'ghcr.io/').startsWith('ghcr.io/')
  const { facts, unseen } = await readFacts(api, { settings: `${server}/${repository}/settings`, isGhcr })
  if (unseen !== undefined) context.print(`nothing of it can be read: ${unseen}\n`)
  const words: Judged['word'][] = []
  for (const look of looksFor(declared, facts)) {
    const { word, detail } = unseen === undefined ? await judge(look, api) : unread(look)
    context.print(`${word.padEnd(8)} ${look.name}${detail}`)
    words.push(word)
  }
  const signing = unseen === undefined ? [signingLine(context.root, server, facts)] : []
  for (const line of ['', ...signing, ...byHand(repository, server)]) context.print(line)
  const count = (word: Judged['word']) => words.filter(each => each === word).length
  context.print(
    `\n${count('passed')} as declared, ${count('FAILED')} to set, ${count('not run')} that the token may not see.`,
  )
  return count('passed') === words.length
}

async function whereabouts({ root, env }: Context) {
  const { repository, server } = await readIdentities(root)
  return { repository: env.GITHUB_REPOSITORY ?? repository, server: env.GITHUB_SERVER_URL ?? server }
}

type Judged = { word: 'passed' | 'FAILED' | 'not run'; detail: string }

async function judge(look: Look, api: GithubApi): Promise<Judged> {
  try {
    const { differences, unseen } = await look.look(api)
    if (differences.length > 0) return { word: 'FAILED', detail: `: ${differences.join('; ')}${wayTo(look)}` }
    if (unseen.length > 0) return notSeen(look, unseen.join('; '))
    return { word: 'passed', detail: '' }
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    return notSeen(look, error.message)
  }
}

const notSeen = (look: Look, why: string): Judged => ({
  word: 'not run',
  detail: `: ${why}. Wanted: ${look.wanted}${wayTo(look)}`,
})

const unread = (look: Look): Judged => ({ word: 'not run', detail: `: wanted ${look.wanted}${wayTo(look)}` })

const wayTo = ({ place, link }: Look) => `\n         ${place}: ${link}`

/** Without the repository itself nothing else can be asked; the list is then that of a public one. */
async function readFacts(
  api: GithubApi,
  known: Pick<Facts, 'settings' | 'isGhcr'>,
): Promise<{ facts: Facts; unseen?: string }> {
  try {
    const { default_branch: defaultBranch, private: isPrivate, visibility, owner } = await api.readRepository()
    const seen = visibility ?? (isPrivate ? 'private' : 'public')
    return { facts: { ...known, defaultBranch, visibility: seen, owner: owner.type } }
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    const facts: Facts = { ...known, defaultBranch: 'main', visibility: 'public', owner: 'Organization' }
    return { facts, unseen: error.message }
  }
}

/** Who can see a repository decides how its images can be signed; better known on day one than in the first red run. */
function signingLine(root: string, server: string, { visibility, owner }: Facts): string {
  const hasPublicKeys = globSync('*.pub', { cwd: join(root, keysFolder) }).length > 0
  const { kind, why } = chooseMode({
    ...{ where: 'actions', server, visibility, owner: owner === 'User' ? 'user' : 'organization', fork: false },
    // The workflows ask for a token; whether there is a secret nobody tells, so public keys stand for the private ones.
    ...{ hasToken: true, hasKey: hasPublicKeys, hasPublicKeys, hasSigstore: false, wanted: undefined },
  })
  return kind === 'off'
    ? `Nothing will be signed, so nothing promoted: ${why}`
    : `Images will be signed ${kind === 'key' ? '' : 'keyless, '}${why}.`
}

/** What GitHub's API tells nobody, or only to a person. */
function byHand(repository: string, server: string): string[] {
  const [owner = ''] = repository.split('/')
  return [
    'By hand, as no API tells it:',
    `- An organisation may forbid packages or environments: ${server}/organizations/${owner}/settings/packages, …/settings/actions.`,
    '- For promotions that start checks: a GitHub App with contents: write and pull-requests: write, its token as the secret PROMOTE_TOKEN.',
  ]
}
