import assert from 'node:assert/strict'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { attest } from '../attest.ts'
import { run } from '../exec.ts'
import { preview } from '../preview.ts'
import { atDigest, chartTagOf } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import { sign } from '../sign.ts'
import type { IdentityName } from '../signing/identities.ts'
import type { Context } from '../step.ts'
import { newRepository, type PullRecord } from '../testing/github-server/state.ts'
import { type GithubServer, startGithubServer } from '../testing/github-server.ts'
import type { Run } from '../testing/oidc-issuer.ts'
import { type RegistryServer, startRegistry } from '../testing/registry.ts'
import { actionsEnv, createSigningCheckout, pushImage, recordOf, runs } from '../testing/signing-checkout.ts'

// The step against a real registry and real signatures by key; only GitHub is a stand-in.

const checkout = join(import.meta.dirname, '../..')
const repository = 'acme/hello-world'
const token = 's3cr3t-token-of-the-job'
const password = 's3cr3t-of-the-keys'
const all = new AsyncDisposableStack()
const lines: string[] = []
let registry: RegistryServer
let github: GithubServer
let context: Context

before(async () => {
  const { signal } = new AbortController()
  const print = (line: string) => void lines.push(line)
  context = { env: process.env, signal, hurry: signal, print, root: all.use(await createSigningCheckout()).path }
  registry = all.use(await startRegistry(context))
  github = all.use(await startGithubServer([newRepository(repository, join(context.root, '.git'))]))
  github.state.tokens.set(token, { login: 'github-actions[bot]', permissions: { pull_requests: 'read' } })
  assert.equal(await sign.run(['--make-keys'], { ...context, env: { ...process.env, COSIGN_PASSWORD: password } }), 0)
  await cp(join(checkout, 'flux'), join(context.root, 'flux'), { recursive: true })
  await writeFile(join(context.root, '.gitignore'), 'out/\nevent.json\nthird-party\n.bin/\n')
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '.'],
    ['commit', '-q', '-m', 'all'],
    ['branch', 'change'],
  ])
    await git(args)
})
after(() => all.disposeAsync())

async function git(args: string[]) {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
  const { code, stderr } = await run('git', [...who, ...args], { cwd: context.root })
  assert.equal(code, 0, stderr)
}

const nameOf = (path: string) => `${registry.host}/${repository}/${path}`

const as = async (by: Run, name: IdentityName): Promise<Context> => ({
  ...context,
  env: {
    ...actionsEnv(context.root, by),
    ...{ COSIGN_PRIVATE_KEY: await readFile(join(context.root, 'out/keys', name, 'cosign.key'), 'utf8') },
    ...{ COSIGN_PASSWORD: password, GITHUB_TOKEN: token, GITHUB_API_URL: github.env.GITHUB_API_URL },
    ...{ REGISTRY: nameOf('').slice(0, -1), PREVIEW_DOMAIN: 'p.example.com' },
  },
})

/** What the pipeline of a pull request leaves in the registry. */
async function pushPull(number: number, name: IdentityName = 'pull-request') {
  const crane = await createRegistry(context)
  const by = { ...runs.pull, ref: `refs/pull/${number}/merge` }
  const { sbom: _, ...pushed } = await pushImage(context, nameOf('charts/service'), `chart ${number}`)
  const chart = { ...pushed, kind: 'chart' as const }
  const service = await pushImage(context, nameOf('service'), `pull request ${number}`)
  await recordOf(context, { service, 'chart-service': chart }, by)
  for (const step of [sign, attest]) assert.equal(await step.run([], await as(by, name)), 0, lines.join('\n'))
  await crane.tag(atDigest(service.name, service.digest), `pr-${number}`)
  await crane.tag(atDigest(chart.name, chart.digest), chartTagOf(service.digest))
  return { image: service.digest, chart: chart.digest }
}

const pull = (number: number, headRepository = repository): PullRecord => ({
  ...{ number, title: 'A change', body: '', state: 'open', user: 'somebody', base: 'main', comments: [] },
  ...{ head: { ref: 'change', sha: '0'.repeat(40), repository: headRepository }, labels: ['preview'] },
  updatedAt: '2026-01-01T00:00:00Z',
})

async function publish(pulls: PullRecord[], name: IdentityName = 'previews'): Promise<{ code: number; said: string }> {
  const state = github.state.repositories.get(repository)
  if (state) state.pulls = pulls
  lines.length = 0
  const code = await preview.run([], await as(runs.previews, name))
  return { code, said: lines.join('\n') }
}

/** What Flux would unpack, as text, and its digest. */
async function followed(): Promise<{ digest: string | undefined; text: string }> {
  const crane = await createRegistry(context)
  const name = nameOf('flux-previews')
  const digest = await crane.digest(`${name}:previews`)
  if (digest === undefined) return { digest, text: '' }
  const [layer] = (await crane.manifest(`${name}@${digest}`)).layers ?? []
  const blob = await fetch(`http://${registry.host}/v2/${repository}/flux-previews/blobs/${layer?.digest}`)
  return { digest, text: gunzipSync(Buffer.from(await blob.arrayBuffer())).toString() }
}

test('a set signed by another identity is refused before Flux sees it', async () => {
  const { code, said } = await publish([], 'pull-request')
  assert.equal(code, 1)
  assert.match(said, /FAILED +preview .*previews-set accepts previews .*but it is signed with the key of pull-request/)
  assert.equal((await followed()).digest, undefined)
})

test('the set has what the pipelines of pull requests pushed and signed, and nothing else', async () => {
  const honest = await pushPull(7)
  const foreign = await pushPull(8, 'trunk')
  const { code, said } = await publish([pull(7), pull(8), pull(9, 'evil/hello-world'), pull(10)])
  assert.equal(code, 0, said)
  assert.match(said, /passed +preview .* pr-7\.p\.example\.com; .*flux-previews@sha256:[0-9a-f]{64}$/m)
  assert.match(said, /title=preview::pull request 8 gets no preview: .*trunk/)
  assert.match(said, /pull request 9 gets no preview: it comes from a fork/)
  assert.match(said, /pull request 10 gets no preview: the registry has no .*service:pr-10 yet/)
  const { text } = await followed()
  for (const digest of Object.values(honest)) assert.ok(text.includes(digest), digest)
  for (const digest of Object.values(foreign)) assert.ok(!text.includes(digest), digest)
  assert.ok(text.includes('preview-pr-7') && !text.includes('preview-pr-8'))
})

test('the same set again changes nothing', async () => {
  const before = await followed()
  const { code, said } = await publish([pull(7), pull(10)])
  assert.equal(code, 0, said)
  assert.match(said, /which is there already$/m)
  assert.deepEqual(await followed(), before)
})

test('a pull request that is closed is gone from the set', async () => {
  const { code, said } = await publish([{ ...pull(7), state: 'closed' }])
  assert.equal(code, 0, said)
  const { text } = await followed()
  assert.ok(text.includes('previews/kustomization.yaml') && !text.includes('preview-pr-7'))
})

test('changes that are not committed are not published', async () => {
  await writeFile(join(context.root, 'flux/previews/release.yaml'), '# changed\n')
  const { code, said } = await publish([])
  await git(['checkout', '-q', 'flux/previews/release.yaml'])
  assert.equal(code, 1)
  assert.match(said, /FAILED +preview .*changes that are not committed/)
})
