import assert from 'node:assert/strict'
import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { attest } from '../attest.ts'
import { readRecord } from '../record/record.ts'
import { sign } from '../sign.ts'
import { openKeyScene } from '../testing/key-scene.ts'
import { recordOf, runs } from '../testing/signing-checkout.ts'
import { verify } from '../verify.ts'
import { signDigest } from './sign-digest.ts'

const scene = await openKeyScene()
after(() => scene[Symbol.asyncDispose]())
const { as, ask, at, context, lines, maker, push, release } = scene

test('the holder of the key of trunk signs, attests, and is verified without any secret', async () => {
  const service = await release('of trunk')
  assert.equal(await verify.run(['--for', 'prod'], context), 0, lines.join('\n'))
  const { signature, verified } = (await readRecord(context)).artifacts.service ?? {}
  assert.match(signature?.identity ?? '', /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual([signature?.mode, signature?.subject, verified?.as], ['key', service.digest, 'trunk'])
})

test('a chart has provenance, but needs neither a scan nor an SBOM', async () => {
  const { scan: _, sbom: __, ...rest } = await push('a chart')
  await recordOf(context, { 'chart-service': { ...rest, kind: 'chart' } })
  for (const step of [sign, attest, verify]) assert.equal(await step.run([], await as(runs.trunk)), 0, lines.join('\n'))
  const { attestations, verified } = (await readRecord(context)).artifacts['chart-service'] ?? {}
  assert.deepEqual([attestations?.map(({ type }) => type), verified?.as], [['provenance'], 'trunk'])
  await assert.rejects(ask(at(rest), 'image'), /its SBOM as trunk is missing or not genuine/)
})

test('what was not pushed on purpose is skipped by every step', async () => {
  const { digest: _, push: __, ...rest } = await push('not pushed')
  await recordOf(context, { service: { ...rest, skipped: [{ step: 'push', reason: 'a fork may write nothing' }] } })
  for (const step of [sign, attest, verify]) {
    lines.length = 0
    assert.equal(await step.run([], await as(runs.trunk)), 0)
    assert.match(lines.join('\n'), /^skipped .*service was not pushed: a fork may write nothing$/m)
  }
})

test('what sign skipped, verify skips, and says why', async () => {
  await recordOf(context, { service: await push('without a key') })
  const withoutKey = { ...context, env: (({ COSIGN_PRIVATE_KEY: _, ...env }) => env)((await as(runs.trunk)).env) }
  for (const step of [sign, attest, verify]) {
    lines.length = 0
    assert.equal(await step.run([], withoutKey), 0)
    assert.match(lines.join('\n'), /^skipped .*this job has no secret COSIGN_PRIVATE_KEY/m)
  }
  const noted = (await readRecord(context)).artifacts.service?.skipped
  assert.deepEqual(
    noted?.map(({ step }) => step),
    ['sign', 'attest'],
  )
})

test('a wrong password is told as such', async () => {
  const wrong = { ...(await as(runs.trunk)).env, COSIGN_PASSWORD: 's3cr3t-wrong' }
  await assert.rejects(signDigest({ ...context, env: wrong }, at(await push('wrong password'))), {
    message: 'the key cannot be used: COSIGN_PASSWORD is not the password of COSIGN_PRIVATE_KEY',
  })
})

test('what was not scanned, or is not what was scanned, is not signed', async () => {
  const { scan, ...unscanned } = await push('not scanned')
  const { id } = await push('something else')
  for (const [artifact, sentence] of [
    [unscanned, /service is not scanned; \.\/fairlead scan comes first/],
    [
      { ...unscanned, ...(scan && { scan: { ...scan, subject: id } }) },
      /was scanned, but sha256:\w+ is to be signed; scan it again/,
    ],
  ] as const) {
    await recordOf(context, { service: artifact })
    lines.length = 0
    assert.equal(await sign.run([], await as(runs.trunk)), 1)
    assert.match(lines.join('\n'), sentence)
    await assert.rejects(ask(at(unscanned)), /it is not signed/)
  }
})

test('an SBOM that is not the one of the record, or is gone, is not attested', async () => {
  await recordOf(context, { service: await push('with an SBOM') })
  const file = join(context.root, 'out/sbom.json')
  for (const [change, sentence] of [
    [() => writeFile(file, '{}'), /out\/sbom\.json is not what the record knows/],
    [() => rm(file), /there is no out\/sbom\.json, which the record names/],
  ] as const) {
    await change()
    lines.length = 0
    assert.equal(await attest.run([], await as(runs.trunk)), 1)
    assert.match(lines.join('\n'), sentence)
  }
})

test('one key for two identities is refused by everybody', async () => {
  const file = (name: string) => join(context.root, '.github/keys', name)
  await rename(file('trunk.pub'), file('kept'))
  try {
    await copyFile(file('pull-request.pub'), file('trunk.pub'))
    await assert.rejects(ask(at(await push('twins'))), /trunk\.pub and \S+pull-request\.pub are the same key/)
  } finally {
    await rm(file('trunk.pub'))
    await rename(file('kept'), file('trunk.pub'))
  }
})

test('keys are not made twice, and private ones stay where git does not look', async () => {
  lines.length = 0
  assert.equal(await sign.run(['--make-keys'], maker), 1)
  assert.match(lines.join('\n'), /\.github\/keys\/trunk\.pub.* exist; delete them first/)
  const published = await readdir(join(context.root, '.github/keys'))
  assert.deepEqual(published.sort(), ['previews.pub', 'pull-request.pub', 'release.pub', 'trunk.pub'])
})

test('no secret was printed', () => {
  assert.ok(lines.length > 0)
  assert.doesNotMatch(lines.join('\n'), /s3cr3t-|PRIVATE KEY-----/)
})
