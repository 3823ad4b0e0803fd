import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { attest } from '../attest.ts'
import { atDigest } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import { sign } from '../sign.ts'
import { openKeyScene } from '../testing/key-scene.ts'
import type { Run } from '../testing/oidc-issuer.ts'
import { createSigningCheckout, recordOf, runs } from '../testing/signing-checkout.ts'
import { signDigest } from './sign-digest.ts'
import { verifyDigest } from './verify-digest.ts'

const scene = await openKeyScene()
after(() => scene[Symbol.asyncDispose]())
const { as, ask, at, context, lines, maker, name, push, release } = scene

test('the key of a pull request is refused by nonprod, and named', async () => {
  const nameAtDigest = at(await push('of a pull request'))
  await signDigest(await as(runs.pull, 'pull-request'), nameAtDigest)
  await assert.rejects(ask(nameAtDigest), {
    message: `${nameAtDigest}: nonprod accepts trunk (ci.yml@refs/heads/main), but it is signed with the key of pull-request`,
  })
  assert.equal(
    (await verifyDigest(context, { nameAtDigest, environment: 'preview', demand: 'signature' })).as,
    'pull-request',
  )
})

test('what nobody signed is refused', async () => {
  await assert.rejects(ask(at(await push('unsigned'))), /, but it is not signed$/)
})

test('an image that was changed under its tag is another digest, and unsigned', async () => {
  const crane = await createRegistry(context)
  const honest = await release('honest')
  await crane.tag(at(honest), 'latest')
  assert.equal((await ask(at(honest), 'image')).as, 'trunk')
  await crane.tag(at(await push('dishonest')), 'latest')
  const now = await crane.digest(`${name}:latest`)
  await assert.rejects(ask(atDigest(name, now ?? '')), /, but it is not signed$/)
})

test('a signature that was copied to another digest is refused', async () => {
  const crane = await createRegistry(context)
  const honest = await release('to copy from')
  const other = await push('to copy to')
  // A registry without the referrers API keeps the list of them under this tag (OCI distribution-spec 1.1).
  const list = ({ digest }: { digest: string }) => `${name}:${digest.replace(':', '-')}`
  await crane.copy(list(honest), list(other))
  await assert.rejects(ask(at(other)), /but its signature is about another digest, and was copied here$/)
})

test('attestations without a signature are not a signature', async () => {
  const service = await push('attested only')
  await recordOf(context, { service })
  assert.equal(await attest.run([], await as(runs.trunk)), 0, lines.join('\n'))
  await assert.rejects(ask(at(service)), /but it has signatures, but not this one$/)
})

test('a signature without provenance and SBOM is not enough for an image', async () => {
  const nameAtDigest = at(await push('signed only'))
  await signDigest(await as(runs.trunk), nameAtDigest)
  await assert.rejects(
    ask(nameAtDigest, 'image'),
    /its provenance as trunk is missing or not genuine: it has signatures, but not this one/,
  )
})

const strangeRuns: [what: string, run: Partial<Run>, sentence: RegExp][] = [
  [
    'another branch',
    { ref: 'refs/heads/feature' },
    /built by \S+ci\.yml@refs\/heads\/feature, not by trunk \(ci\.yml@refs\/heads\/main\)/,
  ],
  ['another event', { event: 'workflow_dispatch' }, /it was built on the event workflow_dispatch, not push/],
]
for (const [what, run, sentence] of strangeRuns) {
  test(`the key of trunk does not help a build of ${what}`, async () => {
    const service = await release(what, { ...runs.trunk, ...run })
    await assert.rejects(ask(at(service), 'image'), sentence)
  })
}

test('provenance of another commit is refused', async () => {
  const nameAtDigest = at(await release('of a commit'))
  const question = { nameAtDigest, environment: 'nonprod', demand: 'image' } as const
  await assert.rejects(
    verifyDigest(context, { ...question, commit: 'f'.repeat(40) }),
    /built from commit 0123456789\w+, not f{40}/,
  )
})

test('a key that is none of the three signs nothing', async () => {
  await using other = await createSigningCheckout()
  assert.equal(await sign.run(['--make-keys'], { ...maker, root: other.path }), 0)
  const stranger = await readFile(join(other.path, 'out/keys/trunk/cosign.key'), 'utf8')
  const nameAtDigest = at(await push('by a stranger'))
  const strange = { ...context, env: { ...(await as(runs.trunk)).env, COSIGN_PRIVATE_KEY: stranger } }
  await assert.rejects(
    signDigest(strange, nameAtDigest),
    /COSIGN_PRIVATE_KEY \(sha256:\w+\) belongs to none of .*trunk\.pub/,
  )
  // And where it was put among the keys of another checkout, this one still knows it as none of its own.
  await signDigest({ ...strange, root: other.path }, nameAtDigest)
  await assert.rejects(ask(nameAtDigest), /but it is signed with another key$/)
})

test('cosign takes no advice from the environment: signatures lie beside their image', async () => {
  const service = await push('with a foreign environment')
  const nameAtDigest = at(service)
  const { env, ...rest } = await as(runs.trunk)
  await signDigest({ ...rest, env: { ...env, COSIGN_REPOSITORY: `${name}-elsewhere` } }, nameAtDigest)
  assert.equal((await ask(nameAtDigest)).as, 'trunk')
})

test('no secret was printed', () => {
  assert.ok(lines.length > 0)
  assert.doesNotMatch(lines.join('\n'), /s3cr3t-|PRIVATE KEY-----/)
})
