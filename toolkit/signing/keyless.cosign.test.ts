import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { attest } from '../attest.ts'
import { readRecord } from '../record/record.ts'
import { atDigest } from '../registry/reference.ts'
import { sign } from '../sign.ts'
import type { Context } from '../step.ts'
import type { Run } from '../testing/oidc-issuer.ts'
import { type RegistryServer, startRegistry } from '../testing/registry.ts'
import { actionsEnv, createSigningCheckout, pushImage, recordOf, runs } from '../testing/signing-checkout.ts'
import { type Sigstore, startSigstore } from '../testing/sigstore.ts'
import { verify } from '../verify.ts'
import { signDigest } from './sign-digest.ts'
import { verifyDigest } from './verify-digest.ts'

const all = new AsyncDisposableStack()
const lines: string[] = []
let registry: RegistryServer
let sigstore: Sigstore
let context: Context

before(async () => {
  const { signal } = new AbortController()
  const bare = { env: process.env, signal, hurry: signal, print: (line: string) => void lines.push(line) }
  sigstore = all.use(await startSigstore({ ...bare, root: all.use(await createSigningCheckout()).path }))
  context = { ...bare, root: all.use(await createSigningCheckout(sigstore.issuer)).path }
  registry = all.use(await startRegistry(context))
})
after(() => all.disposeAsync())

const as = (run: Run): Context => ({ ...context, env: { ...actionsEnv(context.root, run), ...sigstore.env(run) } })
const subject = ({ repository, workflow, ref }: Run) =>
  `https://github.com/${repository}/.github/workflows/${workflow}@${ref}`
const push = async (content: string) => pushImage(context, `${registry.host}/acme/app`, content)

test('what trunk signs, both environments take, and the record knows as whom', async () => {
  const service = await push('of trunk')
  await recordOf(context, { service })
  for (const step of [sign, attest, verify]) assert.equal(await step.run([], as(runs.trunk)), 0, lines.join('\n'))
  assert.equal(await verify.run(['--for', 'prod'], as(runs.trunk)), 0, lines.join('\n'))
  const { signature, attestations, verified } = (await readRecord(context)).artifacts.service ?? {}
  assert.equal(signature?.mode, 'keyless')
  assert.equal(signature?.identity, subject(runs.trunk))
  assert.deepEqual(
    attestations?.map(({ type, subject }) => [type, subject]),
    [
      ['provenance', service.digest],
      ['sbom', service.digest],
    ],
  )
  assert.deepEqual([verified?.as, verified?.subject], ['trunk', service.digest])
})

test('what a pull request signs, previews take, and nonprod and prod refuse by naming both', async () => {
  const service = await push('of a pull request')
  await recordOf(context, { service }, runs.pull)
  for (const step of [sign, attest, verify]) assert.equal(await step.run([], as(runs.pull)), 0, lines.join('\n'))
  assert.equal((await readRecord(context)).artifacts.service?.verified?.as, 'pull-request')
  for (const [environment, accepted] of [
    ['nonprod', 'trunk (ci.yml@refs/heads/main)'],
    ['prod', 'trunk (ci.yml@refs/heads/main) or release (release.yml@refs/tags/release/*)'],
  ] as const) {
    lines.length = 0
    assert.equal(await verify.run(['--for', environment], as(runs.trunk)), 1)
    const sentence =
      `${environment} accepts ${accepted}, ` + `but it is signed by ${subject(runs.pull)}, the identity pull-request`
    assert.ok(lines.join('\n').includes(sentence), lines.join('\n'))
    assert.equal((await readRecord(context)).artifacts.service?.verified, undefined, 'an old verdict is left')
  }
})

const others: [what: string, run: Partial<Run>, sentence: RegExp][] = [
  ['another branch', { ref: 'refs/heads/feature' }, /signed by \S+ci\.yml@refs\/heads\/feature, which is none of ours/],
  ['a branch with its name in it', { ref: 'refs/heads/main2' }, /@refs\/heads\/main2, which is none of ours/],
  ['another workflow', { workflow: 'evil.yml' }, /signed by \S+evil\.yml@refs\/heads\/main, which is none of ours/],
  ['another repository', { repository: 'mallory/hello-world' }, /signed by https:\/\/github\.com\/mallory\//],
  ['one whose dot is another letter', { workflow: 'cixyml.yml' }, /which is none of ours/],
  ['trunk on an event that runs for strangers', { event: 'pull_request_target' }, /on the event pull_request_target/],
  ['the list of previews', runs.previews, /the identity previews/],
]
for (const [what, run, sentence] of others) {
  test(`nonprod refuses ${what}`, async () => {
    const nameAtDigest = atDigest(`${registry.host}/acme/app`, (await push(what)).digest)
    await signDigest(as({ ...runs.trunk, ...run }), nameAtDigest)
    await assert.rejects(
      verifyDigest(as(runs.trunk), { nameAtDigest, environment: 'nonprod', demand: 'signature' }),
      sentence,
    )
  })
}

test('prod takes what release signs, and nonprod does not', async () => {
  const nameAtDigest = atDigest(`${registry.host}/acme/app`, (await push('of a release')).digest)
  const signed = await signDigest(as(runs.release), nameAtDigest)
  assert.equal(signed.identity, subject(runs.release))
  const ask = (environment: 'prod' | 'nonprod') =>
    verifyDigest(as(runs.trunk), { nameAtDigest, environment, demand: 'signature' })
  assert.equal((await ask('prod')).as, 'release')
  await assert.rejects(ask('nonprod'), /the identity release/)
})

test('a token of another issuer does not help', async () => {
  const nameAtDigest = atDigest(`${registry.host}/acme/app`, (await push('of another issuer')).digest)
  await signDigest(as(runs.trunk), nameAtDigest)
  const elsewhere = { ...as(runs.trunk), root: all.use(await createSigningCheckout('https://issuer.example.com')).path }
  await assert.rejects(
    verifyDigest(elsewhere, { nameAtDigest, environment: 'nonprod', demand: 'signature' }),
    new RegExp(`certificate was asked for with an identity of ${sigstore.issuer}`),
  )
})

test('without a token there is no signature, and the step is neutral', async () => {
  await recordOf(context, { service: await push('without a token') })
  lines.length = 0
  assert.equal(await sign.run([], { ...context, env: actionsEnv(context.root, runs.trunk) }), 0)
  assert.match(lines.join('\n'), /^skipped +sign .*id-token: write/m)
  const { signature, skipped } = (await readRecord(context)).artifacts.service ?? {}
  assert.equal(signature, undefined)
  assert.deepEqual(
    skipped?.map(({ step }) => step),
    ['sign'],
  )
})

test('no secret was printed', () => assert.doesNotMatch(lines.join('\n'), /s3cr3t-/))
