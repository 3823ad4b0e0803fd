import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { promote } from '../promote.ts'
import { atDigest } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import { rollout } from '../rollout.ts'
import type { IdentityName } from '../signing/identities.ts'
import { openWorld, repository, token, type World } from '../testing/promotion-world.ts'
import { verify } from '../verify.ts'

// The steps as a workflow runs them, with a real registry and real signatures by key; only GitHub is a stand-in.

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world[Symbol.asyncDispose]())

const toNonprod = async (name: IdentityName = 'trunk') => world.step(promote, ['--to', 'nonprod'], await world.as(name))

/** What Flux would fetch: the digest behind the tag, and the files in it. */
async function followed() {
  const crane = await createRegistry(world.context)
  const digest = await crane.digest(`${world.nameOf('flux-nonprod')}:nonprod`)
  if (digest === undefined) return { digest, text: '', annotations: undefined }
  const { layers: [layer] = [], annotations } = await crane.manifest(atDigest(world.nameOf('flux-nonprod'), digest))
  const blob = await fetch(`http://${world.nameOf('flux-nonprod').replace('/', '/v2/')}/blobs/${layer?.digest}`)
  return { digest, text: gunzipSync(Buffer.from(await blob.arrayBuffer())).toString(), annotations }
}

test('without the chart of its commit a digest does not get there', async () => {
  const digest = await world.release('no chart', { chart: false })
  const { code, said } = await toNonprod()
  assert.equal(code, 1)
  assert.match(
    said,
    new RegExp(
      `FAILED +promote .*there is no chart .*charts/service:image-${digest.slice(7)}; .*gate gives it that tag`,
    ),
  )
  assert.equal((await followed()).digest, undefined)
})

test('an artifact that nonprod would not take is not given the tag', async () => {
  await world.release('signed by another')
  const { code, said } = await toNonprod('pull-request')
  assert.equal(code, 1)
  assert.match(said, /FAILED +promote .*nonprod accepts trunk .*signed with the key of pull-request/)
  assert.equal((await followed()).digest, undefined)
})

test('files that are not those of the commit are not published', async () => {
  await world.release('changed files')
  await writeFile(join(world.context.root, 'flux/nonprod/more.yaml'), 'a: b\n')
  const { code, said } = await toNonprod()
  await rm(join(world.context.root, 'flux/nonprod/more.yaml'))
  assert.equal(code, 1)
  assert.match(said, /FAILED +promote .*and the files here are changed/)
})

test('what the gate let through is what nonprod follows: signed, with the commit, and with one digest changed', async () => {
  const digest = await world.release('good')
  const { code, said } = await toNonprod()
  assert.equal(code, 0, said)
  const { digest: artifact = '', text, annotations } = await followed()
  assert.match(
    said,
    new RegExp(
      `^passed +promote .*service ${digest.slice(7, 19)} for nonprod: .*flux-nonprod@${artifact}, signed, is nonprod now$`,
      'm',
    ),
  )
  assert.equal(annotations?.['org.opencontainers.image.revision'], `main@sha1:${world.head}`)
  const file = await readFile(join(world.context.root, 'flux/nonprod/release.yaml'), 'utf8')
  assert.ok(text.includes(file.replace(/sha256:0{64}/, digest)))
  assert.ok(text.includes('flux/base/service/kustomization.yaml') && !text.includes('flux/prod/'))
  const reference = atDigest(world.nameOf('flux-nonprod'), artifact)
  assert.equal(
    (await world.step(verify, ['--for', 'nonprod', '--demand', 'signature', reference], await world.as('trunk'))).code,
    0,
  )
})

test('the same again changes nothing', async () => {
  const before = await followed()
  const { code, said } = await toNonprod()
  assert.equal(code, 0)
  assert.match(said, /nothing to change: .*flux-nonprod:nonprod is service [0-9a-f]{12} for nonprod already$/m)
  assert.deepEqual(await followed(), before)
})

test('rollout waits for what Flux says of that artifact, at the commit it was made of', async () => {
  const { digest = '' } = await followed()
  const tell = (state: string, description: string) =>
    world.github.state.repositories
      .get(repository)
      ?.statuses.set(world.head, [{ context: `flux/nonprod/${digest.slice(7)}`, state, description }])
  const more = { ...world.github.env, GITHUB_TOKEN: token, FLUX_STATUS: 'flux/nonprod/{digest}' }
  tell('success', 'reconciliation succeeded')
  const good = await world.step(rollout, [], await world.as('trunk', more))
  assert.match(good.said, /^passed +rollout .*flux\/nonprod\/[0-9a-f]{64} success \("reconciliation succeeded"\)$/m)
  tell('failure', 'health check failed')
  const bad = await world.step(rollout, [], await world.as('trunk', more))
  assert.equal(bad.code, 1)
  assert.match(bad.said, /^FAILED +rollout .*failure \("health check failed"\)/m)
})
