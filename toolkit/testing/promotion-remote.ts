import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { keepOutput } from '../../lib/test-process.ts'
import { type ProdRequest, promoteToProd } from '../promote/prod.ts'
import { createContext } from './context.ts'
import { createFolder } from './folder.ts'
import { createRepository, git } from './github-server/git.ts'
import { newRepository, type Token } from './github-server/state.ts'
import { startGithubServer } from './github-server.ts'

export const secret = 's3cr3t-promote-0001'
export const [old, next, newer] = ['0', 'b', 'c'].map(digit => `sha256:${digit.repeat(64)}`) as [string, string, string] // three of them
export const path = 'flux/prod/release.yaml'
export const release = `# prod\r\nspec:\r\n  values:\r\n    image:\r\n      digest: "${old}" # by pull request\r\n`

/** A repository on a stand-in of GitHub whose prod has no digest yet, and a promotion of one to it. */
export async function openRemote(
  t: TestContext,
  { token = {}, private: isPrivate = false }: { token?: Partial<Token>; private?: boolean } = {},
) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const bare = await createRepository(join(folder.path, 'remotes/acme/shop.git'), {
    [path]: release,
    'README.md': 'shop\n',
  })
  const repository = { ...newRepository('acme/shop', bare), private: isPrivate }
  repository.workflow.can_approve_pull_request_reviews = true
  const server = await startGithubServer([repository])
  t.after(() => server[Symbol.asyncDispose]())
  const permissions = { contents: 'write', pull_requests: 'write' } as const
  server.state.tokens.set(secret, { login: 'github-actions[bot]', isOfActions: true, permissions, ...token })

  const output = join(folder.path, 'output')
  const env = { ...server.env, PATH: process.env.PATH, HOME: folder.path, GITHUB_TOKEN: secret, GITHUB_OUTPUT: output }
  const context = createContext({ env })
  const { lines } = context
  const promote = async (change: Partial<ProdRequest> = {}, more: NodeJS.ProcessEnv = {}) => {
    const remote = { server: server.url, repository: 'acme/shop', token: secret, tokenName: 'GITHUB_TOKEN' }
    const request = {
      remote,
      path,
      key: 'spec.values.image.digest',
      artifact: 'service',
      image: 'ghcr.io/acme/shop/service',
      digest: next,
      evidence: { kind: 'verified', detail: 'signed by trunk' },
      ...change,
    } as const
    const detail = await promoteToProd(request, { ...context, env: { ...env, ...more } })
    keepOutput(`${detail}\n${lines.join('\n')}\n`)
    return detail
  }
  return { server, repository, bare, promote, lines, output, folder: folder.path }
}

/** Somebody else's commit. */
export async function commit(folder: string, bare: string, branch: string, file: string, text: string): Promise<void> {
  const work = join(folder, `work-${branch.replaceAll('/', '-')}-${file}`)
  await mkdir(work)
  await git(work, 'clone', '--quiet', '--branch', branch, bare, '.')
  await writeFile(join(work, file), text)
  await git(work, 'add', '.')
  await git(
    work,
    '-c',
    'user.name=Octo',
    '-c',
    'user.email=octo@acme.example',
    'commit',
    '--quiet',
    '--message=by hand',
  )
  await git(work, 'push', '--quiet', 'origin', branch)
}
