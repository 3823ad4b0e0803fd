import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseTime, rollout } from './rollout.ts'
import { createContext } from './testing/context.ts'
import { createFolder } from './testing/folder.ts'
import { newRepository } from './testing/github-server/state.ts'
import { startGithubServer } from './testing/github-server.ts'

const digest = `sha256:${'a'.repeat(64)}`
const commit = 'c'.repeat(40)

async function step(args: string[], env: NodeJS.ProcessEnv, root?: string) {
  const context = createContext(root === undefined ? {} : { root })
  const code = await rollout.run(args, { ...context, env })
  return { code, said: context.lines.join('\n') }
}

test('where no cluster is configured it is skipped, with what to set', async () => {
  const { code, said } = await step([], {})
  assert.equal(code, 0)
  assert.match(
    said,
    /^skipped +rollout .*no cluster is configured for nonprod: set FLUX_STATUS, PUBLIC_URL or KUBECONFIG$/m,
  )
})

test('in prod the commit of main is what Flux speaks about', async t => {
  const repository = newRepository('acme/shop', '/nonexistent/shop.git')
  repository.statuses.set(commit, [
    { context: 'kustomization/shop-prod/0c9c2e41', state: 'success', description: 'ok' },
  ])
  const server = await startGithubServer([repository])
  t.after(() => server[Symbol.asyncDispose]())
  const env = {
    ...{ ...server.env, GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main' },
    ...{ GITHUB_SHA: commit, GITHUB_REPOSITORY: 'acme/shop', FLUX_STATUS: 'kustomization/shop-prod/*' },
  }
  const { code, said } = await step(['--environment', 'prod'], env)
  assert.equal(code, 0, said)
  assert.match(said, /^passed +rollout .*Flux: kustomization\/shop-prod\/0c9c2e41 success \("ok"\)$/m)
  const wrong = await step(['--environment', 'prod'], { ...env, FLUX_STATUS: 'flux/prod/{digest}' })
  assert.match(wrong.said, /FAILED .*\{digest\} is that of the artifact in nonprod; prod follows git/)
})

test('with a KUBECONFIG the pods of the release in flux/prod are asked for, and have to run its digest', async t => {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const flux = join(folder.path, 'flux/prod')
  await mkdir(flux, { recursive: true })
  await writeFile(join(flux, 'kustomization.yaml'), 'namespace: shop-prod\n')
  await writeFile(join(flux, 'release.yaml'), `metadata: {name: shop}\nspec: {values: {image: {digest: ${digest}}}}\n`)
  // Answers as kubectl does, and only to the question that is meant.
  const pods = {
    items: [
      {
        metadata: { name: 'shop-1' },
        spec: { containers: [{ name: 'service', image: `x/y@${digest}` }] },
        status: { containerStatuses: [{ name: 'service', imageID: `x/y@${digest}`, ready: true }] },
      },
    ],
  }
  const script = `#!/bin/sh
[ "$*" = "--request-timeout=60s --namespace shop-prod get pods --selector app.kubernetes.io/instance=shop --output=json" ] ||
  { echo "unexpected: $*" >&2; exit 1; }
echo '${JSON.stringify(pods)}'
`
  await writeFile(join(folder.path, 'kubectl'), script, { mode: 0o755 })
  const env = { PATH: `${folder.path}:${process.env.PATH}`, KUBECONFIG: '/nonexistent/config' }
  const { code, said } = await step(['--environment', 'prod'], env, folder.path)
  assert.equal(code, 0, said)
  assert.match(said, /^passed +rollout .*shop-prod: 1 pods run sha256:a{64}$/m)

  await writeFile(
    join(flux, 'release.yaml'),
    `metadata: {name: shop}\nspec: {values: {image: {digest: sha256:${'b'.repeat(64)}}}}\n`,
  )
  assert.match(
    (await step(['--environment', 'prod'], env, folder.path)).said,
    /FAILED .*expected sha256:b{64} in every pod: shop-1 is to run/,
  )

  const without = await step(['--environment', 'prod'], { ...env, PATH: '/nonexistent' }, folder.path)
  assert.equal(without.code, 1)
  assert.match(without.said, /^not run +rollout .*cannot run kubectl: .*; install kubectl, or unset KUBECONFIG$/m)
})

const times: [text: string, ms: number][] = [
  ['1s', 1000],
  ['90s', 90_000],
  ['15m', 900_000],
]
for (const [text, ms] of times) test(`${text} is a time`, () => assert.equal(parseTime(text), ms))
for (const text of ['', '15', '-1m', '1h', '1.5m', 'm'])
  test(`"${text}" is no time`, () =>
    assert.throws(() => parseTime(text), /--timeout: expected a time such as 90s or 15m/))
