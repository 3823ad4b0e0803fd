import assert from 'node:assert/strict'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attest } from '../attest.ts'
import { type Artifact, entry, updateRecord, writeRecord } from '../record/record.ts'
import { atDigest, chartTagOf } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import { sign } from '../sign.ts'
import type { IdentityName } from '../signing/identities.ts'
import type { Context, Step } from '../step.ts'
import { verify } from '../verify.ts'
import { createContext } from './context.ts'
import { git } from './github-server/git.ts'
import { newRepository } from './github-server/state.ts'
import { type GithubServer, startGithubServer } from './github-server.ts'
import { startRegistry } from './registry.ts'
import { actionsEnv, createSigningCheckout, pushImage, runs } from './signing-checkout.ts'

export const repository = 'acme/hello-world'
/** The GITHUB_TOKEN of the job. */
export const token = 's3cr3t-token-of-the-job'
const password = 's3cr3t-of-the-keys'

export type World = AsyncDisposable & {
  context: Context
  github: GithubServer
  /** The bare repository that is the remote, and the commit of its main. */
  bare: string
  head: string
  nameOf(path: string): string
  /** What a job has that signs as this identity. */
  as(name: IdentityName, more?: NodeJS.ProcessEnv): Promise<Context>
  /** An image of trunk as the steps before `promote` leave it, with its chart. Resolves to its digest. */
  release(content: string, options?: { chart: boolean }): Promise<string>
  /** Writes into the record of that image. */
  change(more: Partial<Artifact>): Promise<unknown>
  step(each: Step, args: string[], where: Context): Promise<{ code: number; said: string }>
}

/** A checkout with flux/, its remote on a stand-in of GitHub, a real registry, and real keys: one per identity. */
export async function openWorld(): Promise<World> {
  const all = new AsyncDisposableStack()
  const context = createContext({ root: all.use(await createSigningCheckout()).path })
  const { root, lines } = context
  const registry = all.use(await startRegistry(context))
  const made = await sign.run(['--make-keys'], { ...context, env: { ...context.env, COSIGN_PASSWORD: password } })
  assert.equal(made, 0, lines.join('\n'))
  const bare = join(root, 'remotes', `${repository}.git`)
  const head = await commitAll(root, bare)
  const github = all.use(await startGithubServer([newRepository(repository, bare)]))
  const permissions = { contents: 'write', pull_requests: 'write', statuses: 'write' } as const
  github.state.tokens.set(token, { login: 'github-actions[bot]', isOfActions: true, permissions })
  for (const each of github.state.repositories.values()) each.workflow.can_approve_pull_request_reviews = true

  const nameOf = (path: string) => `${registry.host}/${repository}/${path}`
  const as = async (name: IdentityName, more: NodeJS.ProcessEnv = {}): Promise<Context> => ({
    ...context,
    env: {
      ...actionsEnv(root, name === 'pull-request' ? runs.pull : runs.trunk),
      ...{ GITHUB_SHA: head, REGISTRY: `${registry.host}/${repository}`, RUNNER_TEMP: join(root, 'out') },
      ...{ COSIGN_PRIVATE_KEY: await readFile(join(root, 'out/keys', name, 'cosign.key'), 'utf8') },
      ...{ COSIGN_PASSWORD: password, ...more },
    },
  })
  const change = (more: Partial<Artifact>) =>
    updateRecord(context, record => {
      const { service } = record.artifacts
      assert.ok(service)
      return { ...record, artifacts: { service: { ...service, ...more } } }
    })
  const release = async (content: string, { chart } = { chart: true }) => {
    const service = await pushImage(context, nameOf('service'), content)
    const { ref, event } = runs.trunk
    const source = { repository, commit: head, ref, event, dirty: false }
    await writeRecord(context, { version: 1, source, tags: ['latest'], artifacts: { service } })
    for (const [each, ...args] of [[sign], [attest], [verify, '--for', 'nonprod']] as [Step, ...string[]][])
      assert.equal(await each.run(args, await as('trunk')), 0, lines.join('\n'))
    await change({ gate: { ...entry(await as('trunk'), service.digest), tags: ['latest'] } })
    const packed = await pushImage(context, nameOf('charts/service'), `chart of ${content}`)
    const crane = await createRegistry(context)
    if (chart) await crane.tag(atDigest(packed.name, packed.digest), chartTagOf(service.digest))
    return service.digest
  }
  const step: World['step'] = async (each, args, where) => {
    lines.length = 0
    const code = await each.run(args, where)
    return { code, said: lines.join('\n') }
  }
  const dispose = () => all.disposeAsync()
  return { context, github, bare, head, nameOf, as, release, change, step, [Symbol.asyncDispose]: dispose }
}

/** Resolves to the commit that the checkout and its remote are at. */
async function commitAll(root: string, bare: string): Promise<string> {
  await cp(join(import.meta.dirname, '../../flux'), join(root, 'flux'), { recursive: true })
  await writeFile(join(root, '.gitignore'), 'out/\nevent.json\nthird-party\n.bin/\nremotes/\n')
  await git(root, 'init', '--quiet', '--initial-branch=main')
  await git(root, 'add', '.')
  const octo = ['-c', 'user.name=Octo', '-c', 'user.email=octo@acme.example']
  await git(root, ...octo, 'commit', '--quiet', '--message=all')
  await git(root, 'clone', '--quiet', '--bare', '.', bare)
  return git(root, 'rev-parse', 'HEAD')
}
