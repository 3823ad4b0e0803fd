import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sbom } from '../sbom.ts'
import { saveImage } from '../testing/saved-image.ts'
import { bundleOf, createScanCheckout } from '../testing/scan-checkout.ts'
import { packagesOfCyclonedx, packagesOfSpdx } from './contents.ts'

const versions = { hono: '4.12.0', '@grpc/grpc-js': '1.14.7' }

const open = (t: TestContext, shipped: Record<string, string> = versions) =>
  createScanCheckout(t, { locked: { ...versions, postgres: '3.4.8' }, image: bundleOf(shipped), advisories: [] })

test('both lists of an image name what it ships and nothing else, and the record holds their checksums', async t => {
  const { run, output, root, artifact } = await open(t)
  assert.equal(await run(sbom), 0, output())
  assert.match(output(), /^passed +sbom .* service 2 packages of npm$/m)
  const { sbom: found, id, name } = (await artifact()) ?? {}
  assert.equal(found?.subject, id)
  const texts = await Promise.all(
    [found?.cyclonedx, found?.spdx].map(async file => {
      const text = await readFile(join(root, file?.path ?? ''), 'utf8')
      assert.equal(createHash('sha256').update(text).digest('hex'), file?.sha256)
      return text
    }),
  )
  assert.deepEqual([found?.cyclonedx.path, found?.spdx.path], ['out/service.cdx.json', 'out/service.spdx.json'])
  const [cyclonedx = '', spdx = ''] = texts
  const wanted = ['pkg:npm/@grpc/grpc-js@1.14.7', 'pkg:npm/hono@4.12.0', 'pkg:npm/shop@1.0.0']
  assert.deepEqual([...packagesOfCyclonedx(cyclonedx)].sort(), wanted)
  assert.deepEqual([...packagesOfSpdx(spdx)].sort(), wanted)
  for (const text of texts) {
    assert.ok(text.includes(`"name": "${name}"`), 'the image is called by its name')
    assert.ok(!text.includes(root) && !text.includes('/tmp'), 'no path of this machine')
  }
})

test('the lists of the lockfile name what it installs', async t => {
  const { run, output, root } = await open(t)
  assert.equal(await run(sbom), 0, output())
  const [cyclonedx = '', spdx = ''] = await Promise.all(
    ['cdx', 'spdx'].map(format => readFile(join(root, `out/package-lock.${format}.json`), 'utf8')),
  )
  const wanted = ['pkg:npm/@grpc/grpc-js@1.14.7', 'pkg:npm/hono@4.12.0', 'pkg:npm/postgres@3.4.8']
  assert.deepEqual([...packagesOfCyclonedx(cyclonedx)].sort(), wanted)
  assert.deepEqual([...packagesOfSpdx(spdx)].sort(), [...wanted, 'pkg:npm/shop@1.0.0'])
})

test('the same image and lockfile give the same bytes, in another folder and at another time', async t => {
  const read = async () => {
    const { run, output, root } = await open(t)
    assert.equal(await run(sbom), 0, output())
    const files = ['service', 'package-lock'].flatMap(name =>
      ['cdx', 'spdx'].map(format => `out/${name}.${format}.json`),
    )
    return Promise.all(files.map(file => readFile(join(root, file), 'utf8')))
  }
  assert.deepEqual(await read(), await read())
})

test('another image than the one of the record is refused', async t => {
  const { run, output, root, artifact } = await open(t)
  await saveImage(join(root, 'out/service.tar'), bundleOf({ hono: '4.12.0' }))
  assert.equal(await run(sbom), 1)
  assert.match(output(), /^FAILED +sbom .*out\/service\.tar is the image sha256:\S+, and the record is about sha256:/m)
  assert.equal((await artifact())?.sbom, undefined)
})

test('an image that ships nothing of the lockfile is refused: its list is lost, or another one', async t => {
  const { run, output } = await open(t, { left: '1.0.0' })
  assert.equal(await run(sbom), 1)
  assert.match(output(), /out\/service\.tar names no package of package-lock\.json/)
})
