import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { push } from '../push.ts'
import { withArtifact } from '../record/needs.ts'
import { readRecord, updateRecord } from '../record/record.ts'
import { atDigest } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import type { Context } from '../step.ts'
import { createContext } from '../testing/context.ts'
import { buildSample, createPipelineCheckout, trunk } from '../testing/pipeline-checkout.ts'
import { type RegistryServer, registryLogin, startRegistry } from '../testing/registry.ts'
import { saveImage } from '../testing/saved-image.ts'

let open: RegistryServer
let closed: RegistryServer
before(async () => {
  ;[open, closed] = await Promise.all([startRegistry(createContext()), startRegistry(createContext(), { login: true })])
})
after(async () => {
  await Promise.all([open[Symbol.asyncDispose](), closed[Symbol.asyncDispose]()])
})

const login = { REGISTRY_USER: registryLogin.user, REGISTRY_PASSWORD: registryLogin.password }

/** What the registry has under the name of the sample, in any shape. */
const stored = (server: RegistryServer) =>
  existsSync(join(server.folder, 'docker/registry/v2/repositories/shop/service'))

async function runPush(context: Context & { lines: string[] }): Promise<{ code: number; said: string }> {
  context.lines.length = 0
  const code = await push.run([], context)
  return { code, said: context.lines.join('\n') }
}

test('a push is by digest and writes no tag; a second one changes nothing', async () => {
  await using checkout = await createPipelineCheckout(open.host)
  const { context } = checkout
  await buildSample(context, { content: 'pushed' })
  assert.equal((await runPush(context)).code, 0)
  const { artifacts } = await readRecord(context)
  const registry = await createRegistry(context)
  for (const { name, id, digest = '', push } of Object.values(artifacts)) {
    assert.equal(push?.subject, digest)
    assert.deepEqual(await registry.tags(name), [])
    assert.equal(await registry.digest(atDigest(name, digest)), digest)
    assert.equal((await registry.manifest(atDigest(name, digest))).config?.digest, id)
  }
  assert.equal((await runPush(context)).code, 0)
  assert.equal((await readRecord(context)).artifacts.service?.digest, artifacts.service?.digest)
})

const refusals: [what: string, change: (context: Context) => Promise<unknown>, sentence: RegExp][] = [
  [
    'a dirty tree',
    context => updateRecord(context, now => ({ ...now, source: { ...now.source, dirty: true } })),
    /^FAILED .*a tree with changes that no commit has; commit them/m,
  ],
  [
    'an image that nobody ran',
    context =>
      updateRecord(context, ({ artifacts: { service, ...rest }, ...now }) => {
        const { containerTest: _, ...untested } = service ?? assert.fail()
        return { ...now, artifacts: { ...rest, service: untested } }
      }),
    /^FAILED .*service was never run; \.\/fairlead container-test does that/m,
  ],
  [
    'a container test of another image',
    context =>
      updateRecord(context, now =>
        withArtifact(now, 'service', {
          containerTest: {
            ...(now.artifacts.service?.containerTest ?? assert.fail()),
            subject: `sha256:${'f'.repeat(64)}`,
          },
        }),
      ),
    /^FAILED .*the container test was of sha256:f/m,
  ],
  [
    'a file that was exchanged after the test',
    ({ root }) => saveImage(join(root, 'out/service.tar'), new Map([['app/main.js', 'evil']])),
    /^FAILED .*out\/service\.tar holds sha256:.* it was changed: build again/m,
  ],
  [
    'another registry than it was built for',
    context => updateRecord(context, now => withArtifact(now, 'service', { name: 'ghcr.io/acme/shop/service' })),
    /^FAILED .*service was built for ghcr\.io\/acme\/shop\/service, and REGISTRY is/m,
  ],
]

for (const [what, change, sentence] of refusals) {
  test(`refused: ${what}`, async () => {
    await using checkout = await createPipelineCheckout(closed.host, login)
    const { context } = checkout
    await buildSample(context)
    await change(context)
    const { code, said } = await runPush(context)
    assert.equal(code, 1)
    assert.match(said, sentence)
    assert.equal(stored(closed), false, 'it is in the registry')
  })
}

test('a pull request of a fork is skipped, and the record says why', async () => {
  await using checkout = await createPipelineCheckout(closed.host, login)
  const { context } = checkout
  const source = { ...trunk, event: 'pull_request', ref: 'refs/pull/7/merge', pullRequest: 7, fork: true }
  await buildSample(context, { source, tags: ['pr-7'] })
  const { code, said } = await runPush(context)
  assert.equal(code, 0)
  assert.match(said, /^skipped +push .*pull request 7 is of a fork, whose token may write nothing here/m)
  const { service } = (await readRecord(context)).artifacts
  assert.equal(service?.digest, undefined)
  assert.equal(service?.skipped?.[0]?.step, 'push')
  assert.equal(stored(closed), false, 'it is in the registry')
})

test('without a login the registry refuses, and a sentence says how to log in', async () => {
  await using checkout = await createPipelineCheckout(closed.host)
  const { context } = checkout
  await buildSample(context)
  const { code, said } = await runPush(context)
  assert.equal(code, 1)
  assert.match(said, /401 Unauthorized.*; log in to 127\.0\.0\.1:\d+: set REGISTRY_USER and REGISTRY_PASSWORD/)
})

test('half a login is refused by name', async () => {
  await using checkout = await createPipelineCheckout(closed.host, { REGISTRY_USER: 'robot' })
  await buildSample(checkout.context)
  assert.match((await runPush(checkout.context)).said, /go together: REGISTRY_PASSWORD is not set/)
})

test('the login of a job in GitHub Actions lasts for its later steps, which see no password', async () => {
  await using checkout = await createPipelineCheckout(closed.host)
  const temporary = join(checkout.context.root, 'runner')
  await mkdir(temporary)
  const variables = join(temporary, 'env')
  const run = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/hello-world', GITHUB_EVENT_NAME: 'push' }
  const event = { GITHUB_REF: trunk.ref, GITHUB_SHA: trunk.commit, GITHUB_ENV: variables, RUNNER_TEMP: temporary }
  const { context } = checkout
  await buildSample(context, { content: 'of a job' })
  const inActions = { ...context, env: { ...context.env, ...run, ...event, ...login } }
  const { code, said } = await runPush(inActions)
  assert.equal(code, 0, said)
  assert.ok(!said.includes(registryLogin.password))
  const folder =
    /^DOCKER_CONFIG<<.*\n(.*)\n/.exec(await readFile(variables, 'utf8'))?.[1] ?? assert.fail('no DOCKER_CONFIG')
  assert.equal((await stat(join(folder, 'config.json'))).mode & 0o777, 0o600)
  const { name, digest = '' } = (await readRecord(context)).artifacts.service ?? assert.fail()
  const later = await createRegistry({ ...context, env: { ...context.env, DOCKER_CONFIG: folder } })
  assert.equal(await later.digest(atDigest(name, digest)), digest)
})
