import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { addSummary, annotate, readGithub, setOutput } from '../github.ts'
import type { Pull } from '../github-api/pulls.ts'
import { createGithubApi } from '../github-api.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { pushBranch } from './branch.ts'
import { decode, editDigest } from './edit-digest.ts'
import { type Checkout, cloneShallow, githubActions, parseAuthor, type Remote } from './git.ts'
import { type Proposed, propose } from './pull.ts'
import { type Evidence, pullText, shortDigest } from './pull-text.ts'

export type ProdRequest = {
  remote: Remote
  /** The file that names the digest, and the key in it. */
  path: string
  key: string
  artifact: string
  image: string
  digest: string
  evidence: Evidence
}

const PREFIX = 'promote/prod-'

/** Proposes a digest for prod: one branch with one changed digest, and one open pull request. */
export async function promoteToProd(request: ProdRequest, context: Context): Promise<string> {
  const { remote, path, digest, artifact } = request
  const author = context.env.PROMOTE_AUTHOR ? parseAuthor(context.env.PROMOTE_AUTHOR) : githubActions
  await using folder = await temporaryFolder('promote-')
  const checkout = await cloneShallow(remote, folder.path, author, context)
  const from = await moveDigest(checkout, request)
  if (from === digest) return `nothing to change: ${path} of ${remote.repository} names ${digest} already`
  const branch = `${PREFIX}${shortDigest(digest)}`
  const text = pullText({
    ...request,
    environment: 'prod',
    from,
    to: digest,
    server: remote.server,
    runUrl: readGithub(context.env)?.runUrl,
  })
  const message = `${text.title}\n\n${request.image}@${digest}`
  const pushed = await pushBranch(checkout, branch, { paths: [path], message, author })
  context.print(`branch ${branch} of ${remote.repository}: ${pushed}`)

  const env = { ...context.env, GITHUB_REPOSITORY: remote.repository }
  const api = createGithubApi({ env, signal: context.signal }, { tokens: [remote.tokenName] })
  const proposed = await propose(api, { ...text, server: remote.server, branch, base: checkout.base, prefix: PREFIX })
  if (proposed.kind !== 'refused') await deleteBranches(checkout, proposed.superseded, context)
  await tell(proposed, branch, remote, context)
  return `${artifact} ${shortDigest(digest)} for prod: ${sentenceOf(proposed)}`
}

/** A courtesy: what it was about has happened, and a branch without a pull request does nothing. */
async function deleteBranches({ git }: Checkout, pulls: readonly Pull[], context: Context): Promise<void> {
  for (const { headBranch } of pulls) {
    try {
      await git('push', '--quiet', 'origin', '--delete', headBranch)
    } catch (error) {
      annotate(context, { level: 'warning', title: headBranch }, `the branch stays: ${(error as Error).message}`)
    }
  }
}

/** Resolves to the digest that was there; the file now names the new one. */
async function moveDigest({ folder }: Checkout, { path, key, digest, remote }: ProdRequest): Promise<string> {
  if (path.startsWith('/') || normalize(path) !== path || path.startsWith('..') || path.startsWith('.git/'))
    throw new Error(`--path: expected a file of the repository, such as flux/prod/release.yaml, got "${path}"`)
  const file = join(folder, path)
  const stat = await lstat(file).catch(() => undefined)
  if (!stat?.isFile()) throw new Error(`${remote.repository} has no file ${path}; give --path`)
  const where = `${path} of ${remote.repository}`
  try {
    const edit = editDigest(decode(await readFile(file)), key, digest)
    await writeFile(file, edit.text)
    return edit.from
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error })
  }
}

function sentenceOf(proposed: Proposed): string {
  if (proposed.kind === 'refused') return `the branch is pushed; open the pull request yourself: ${proposed.compareUrl}`
  const { kind, pull, superseded } = proposed
  const words = { opened: 'opened', updated: 'updated', unchanged: 'open already:' }
  const older = superseded.length > 0 ? `, instead of ${superseded.map(each => `#${each.number}`).join(', ')}` : ''
  return `pull request ${words[kind]} ${pull.url}${older}`
}

async function tell(proposed: Proposed, branch: string, remote: Remote, context: Context): Promise<void> {
  await setOutput(context, 'branch', branch)
  if (proposed.kind === 'refused') {
    annotate(
      context,
      { level: 'warning', title: 'no pull request' },
      `${proposed.reason}. Until then: ${proposed.compareUrl}`,
    )
    await setOutput(context, 'url', proposed.compareUrl)
    return
  }
  await setOutput(context, 'url', proposed.pull.url)
  await setOutput(context, 'pull-request', String(proposed.pull.number))
  await addSummary(context, `Promotion to prod: ${proposed.pull.url}`)
  if (remote.tokenName !== 'GITHUB_TOKEN' || proposed.kind !== 'opened') return
  // https://docs.github.com/en/actions/security-for-github-actions/security-guides/automatic-token-authentication
  const why = 'a pull request that GITHUB_TOKEN opened starts no checks, so required ones stay pending'
  const how = 'close and reopen it by hand, or set PROMOTE_TOKEN to a token of a GitHub App'
  annotate(context, { level: 'notice', title: 'no checks' }, `${why}: ${how}`)
}
