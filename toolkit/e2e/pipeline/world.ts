import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Engine, openEngine } from '../../engine/engine.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'
import { writeVerifiers } from '../../manifests/verifiers.ts'
import type { Machine } from '../../pipeline/machine.ts'
import { createRegistry, type Registry } from '../../registry/registry.ts'
import { identitiesFile, readIdentities } from '../../signing/identities.ts'
import type { Context } from '../../step.ts'
import { newRepository, type RepositoryState } from '../../testing/github-server/state.ts'
import { type GithubServer, startGithubServer } from '../../testing/github-server.ts'
import { startRegistry } from '../../testing/registry.ts'
import { startSigstore } from '../../testing/sigstore.ts'
import { type Advisory, writeTrivyDatabase, writeTrivyLayout } from '../../testing/trivy-database.ts'
import { buildZapStandIn } from '../../testing/zap-image.ts'
import { elsewhere } from './elsewhere.ts'
import { type Gatekeeper, startGatekeeper } from './gatekeeper.ts'
import { machineEnvironment } from './machine-env.ts'
import { createRemote, type Remote } from './remote.ts'

export const repository = 'acme/hello-world'

export type World = AsyncDisposable & {
  engine: Engine
  remote: Remote
  github: RepositoryState
  gatekeeper: Gatekeeper
  /** Where images go: 127.0.0.1:<port>/acme/hello-world. */
  base: string
  /** The registry itself, where nobody asks for a token: for those who tamper with it. */
  store: string
  /** Asks the registry as anybody can. */
  registry: Registry
  machine: Machine
  /** What was not run here, and why. */
  elsewhere: Set<string>
  /** For asking what an environment accepts, in the checkout of the remote. */
  context: Context
  /** Another machine whose Trivy knows of these vulnerabilities. */
  knowing(advisories: readonly Advisory[]): Promise<Machine>
}

/** Trivy's own format needs one advisory at least; nothing here is called so. */
const harmless: Advisory = {
  ...{ id: 'CVE-2000-0001', package: 'no-such-package', vulnerable: ['<1.0.0'], patched: ['1.0.0'] },
  ...{ severity: 'LOW', title: 'nothing' },
}

/** Everything that the workflows reach: an engine, a registry, git and GitHub's API, a Sigstore, and Trivy's database. */
export async function openWorld(context: Context): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const { path: folder } = stack.use(await temporaryFolder('fairlead-pipeline-'))
  const engine = await openEngine(context, { images: ['NODE_IMAGE', 'RUNTIME_IMAGE'] })
  stack.defer(() => engine.close())
  const store = stack.use(await startRegistry(context))
  const sigstore = stack.use(await startSigstore(context))
  const tokens = new Map<string, Record<string, string>>()
  const mayWrite = (password: string) => tokens.get(password)?.packages === 'write'
  const gatekeeper = stack.use(await startGatekeeper(store.host, mayWrite))
  const prepare = (work: string) => trustIssuer(work, sigstore.issuer)
  const remote = await createRemote({ folder: join(folder, 'git'), repository, prepare }, context)
  const github = newRepository(repository, remote.path)
  github.workflow.can_approve_pull_request_reviews = true
  const server = stack.use(await startGithubServer([github]))
  const base = `${gatekeeper.host}/${repository}`
  const env = {
    ...(await machineEnvironment(engine.env, context)),
    GITHUB_API_URL: server.env.GITHUB_API_URL,
    ZAP_IMAGE: await buildZapStandIn(engine, engine.env.NODE_IMAGE ?? 'node'),
  }
  const issueToken = (permissions: Record<string, string>) => {
    const token = `s3cr3t-${randomUUID()}`
    tokens.set(token, permissions)
    server.state.tokens.set(token, { login: 'github-actions[bot]', permissions: named(permissions), isOfActions: true })
    return token
  }
  const { SIGSTORE_SIGNING_CONFIG = '', SIGSTORE_TRUSTED_ROOT = '' } = sigstore.env({
    repository,
    workflow: '',
    ref: '',
    event: '',
  })
  const ownSigstore = { SIGSTORE_SIGNING_CONFIG, SIGSTORE_TRUSTED_ROOT }
  const variables = { REGISTRY: base, TRIVY_DB_REPOSITORY: `${store.host}/trivy-db:2`, ...ownSigstore }
  const machine: Machine = {
    ...{ folder, repository, env, variables, issueToken },
    ...{ print: context.print, signal: context.signal, remote: `${server.url}/${repository}.git` },
    secrets: { repository: {}, environments: {} },
    elsewhere: elsewhere(context.root),
    envOf: job => jobEnvironment(job, { sigstore, server }),
  }
  const knowing = async (advisories: readonly Advisory[]): Promise<Machine> => {
    const cache = join(folder, `trivy-${randomUUID()}`)
    await writeTrivyDatabase(cache, [harmless, ...advisories], context)
    await writeTrivyLayout(join(cache, 'layout'), cache)
    const registry = await createRegistry(context)
    const name = `${store.host}/trivy-db`
    await registry.tag(`${name}@${await registry.push(join(cache, 'layout'), name)}`, '2')
    await mkdir(join(cache, 'of-machine'))
    return { ...machine, env: { ...env, TRIVY_CACHE_DIR: join(cache, 'of-machine') } }
  }
  const checkout = { ...context, root: remote.work, env: { ...env, ...ownSigstore, PATH: context.env.PATH } }
  const registry = await createRegistry(checkout)
  const owned = stack.move()
  return {
    ...{ engine, remote, github, gatekeeper, base, store: store.host, registry, machine, knowing, context: checkout },
    elsewhere: new Set<string>(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** A fork of this template that has its own Sigstore would do the same. */
async function trustIssuer(root: string, issuer: string): Promise<void> {
  const file = join(root, identitiesFile)
  const { issuer: before } = await readIdentities(root)
  await writeFile(file, (await readFile(file, 'utf8')).replace(before, issuer))
  await writeVerifiers(root)
}

type Sides = { sigstore: Awaited<ReturnType<typeof startSigstore>>; server: GithubServer }

/**
 * A job that may ask for an identity gets one. The one that clones and pushes by git is told where GitHub is; all others are
 * told github.com, the name that is in the certificates.
 */
function jobEnvironment(
  job: Parameters<NonNullable<Machine['envOf']>>[0],
  { sigstore, server }: Sides,
): NodeJS.ProcessEnv {
  const { event, workflow, permissions } = job
  const name = workflow.replace(/^.*\//, '')
  const token =
    permissions['id-token'] === 'write' &&
    sigstore.env({ repository, workflow: name, ref: event.ref, event: event.name })
  return {
    ...(token && token),
    GITHUB_SERVER_URL: permissions['pull-requests'] === 'write' ? server.url : 'https://github.com',
  }
}

/** GitHub's API calls permissions as workflows do, but for the dashes. */
const named = (permissions: Record<string, string>): Record<string, 'read' | 'write'> =>
  Object.fromEntries(
    Object.entries(permissions).map(([name, level]) => [
      name.replaceAll('-', '_'),
      level === 'write' ? 'write' : 'read',
    ]),
  )
