import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gate } from '../gate.ts'
import { push } from '../push.ts'
import { withArtifact } from '../record/needs.ts'
import { type Artifact, type BuildRecord, readRecord, updateRecord } from '../record/record.ts'
import { atDigest, chartTagOf } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import type { Context } from '../step.ts'
import { createContext } from '../testing/context.ts'
import { about, buildSample, commit, createPipelineCheckout, trunk } from '../testing/pipeline-checkout.ts'
import { type RegistryServer, startRegistry } from '../testing/registry.ts'

type Told = Context & { lines: string[] }

let server: RegistryServer
before(async () => {
  server = await startRegistry(createContext())
})
after(() => server[Symbol.asyncDispose]())

/** What `sign`, `attest` and `verify` write down; that they find out the truth is for their own tests. */
function signed(artifact: Artifact): Partial<Artifact> {
  const entry = about(artifact.digest ?? assert.fail('it is not pushed'))
  return {
    signature: { ...entry, mode: 'key', identity: 'trunk' },
    attestations: [
      { ...entry, type: 'provenance' },
      { ...entry, type: 'sbom' },
    ],
    verified: { ...entry, as: 'trunk' },
  }
}

/** Each test has a path of its own in the registry, pushed and signed. */
async function prepare(name: string, content = name) {
  const checkout = await createPipelineCheckout(`${server.host}/${name}`)
  const { context } = checkout
  await buildSample(context, { content })
  await run(push, context)
  const record = await updateRecord(context, now =>
    Object.entries(now.artifacts).reduce((all, [key, artifact]) => withArtifact(all, key, signed(artifact)), now),
  )
  return {
    context,
    record,
    registry: await createRegistry(context),
    [Symbol.asyncDispose]: checkout[Symbol.asyncDispose],
  }
}

async function run(step: typeof gate, context: Told, expected = 0): Promise<string> {
  context.lines.length = 0
  const code = await step.run([], context)
  assert.equal(code, expected, context.lines.join('\n'))
  return context.lines.join('\n')
}

const partsOf = ({ artifacts }: BuildRecord) => {
  const { service, 'chart-service': chart } = artifacts
  if (!service?.digest || !chart?.digest) assert.fail('the sample is not pushed')
  return { service: { ...service, digest: service.digest }, chart: { ...chart, digest: chart.digest } }
}

test('what lacks nothing gets its tags, and a second run finds them there', async () => {
  await using prepared = await prepare('good')
  const { context, registry, record } = prepared
  const output = join(context.root, 'output')
  const { service, chart } = partsOf(record)
  const said = await run(gate, { ...context, env: { ...context.env, GITHUB_OUTPUT: output } })
  assert.match(said, /^passed +gate .*service sha256:[0-9a-f]{12} latest sha-/m)
  const shared = [`sha-${commit}`, 'latest']
  assert.deepEqual((await registry.tags(service.name)).sort(), [...shared].sort())
  assert.deepEqual((await registry.tags(chart.name)).sort(), [...shared, chartTagOf(service.digest)].sort())
  for (const tag of shared) assert.equal(await registry.digest(`${service.name}:${tag}`), service.digest)
  assert.match(await readFile(output, 'utf8'), new RegExp(`allowed<<.*\\ntrue\\n[^]*digest<<.*\\n${service.digest}\\n`))
  assert.equal((await readRecord(context)).artifacts.service?.gate?.subject, service.digest)
  await run(gate, context)
  assert.equal((await registry.tags(service.name)).length, 2)
})

const without = (key: string, part: keyof Artifact) => (record: BuildRecord) => {
  const { [part]: _, ...rest } = record.artifacts[key] ?? assert.fail()
  return { ...record, artifacts: { ...record.artifacts, [key]: rest as Artifact } } // the parts below are optional
}

const closed: [what: string, change: (record: BuildRecord) => BuildRecord, sentence: RegExp][] = [
  ['without a signature', without('service', 'signature'), /service has no signature; \.\/fairlead sign brings it/],
  ['unscanned', without('service', 'scan'), /service has no scan; \.\/fairlead scan brings it/],
  [
    'its chart unverified',
    without('chart-service', 'verified'),
    /chart-service has no verification; \.\/fairlead verify/,
  ],
  [
    'signed by a pull request',
    now =>
      withArtifact(now, 'service', { verified: { ...about(now.artifacts.service?.digest ?? ''), as: 'pull-request' } }),
    /service is verified as pull-request, and this is the work of trunk/,
  ],
]

for (const [index, [what, change, sentence]] of closed.entries()) {
  test(`${what}: nothing of the record gets a tag, and nothing is allowed`, async () => {
    await using prepared = await prepare(`closed-${index}`)
    const { context, registry, record } = prepared
    const output = join(context.root, 'output')
    await writeFile(output, '')
    await updateRecord(context, change)
    assert.match(await run(gate, { ...context, env: { ...context.env, GITHUB_OUTPUT: output } }, 1), sentence)
    for (const { name } of Object.values(record.artifacts)) assert.deepEqual(await registry.tags(name), [])
    assert.equal(await readFile(output, 'utf8'), '')
    assert.equal((await readRecord(context)).artifacts.service?.gate, undefined)
  })
}

test('where nobody set signing up, the gate is skipped with the reason', async () => {
  await using prepared = await prepare('unsigned')
  const { context, registry, record } = prepared
  const skipped = [{ step: 'sign', reason: 'a laptop has no identity' }]
  await updateRecord(context, now => withArtifact(without('service', 'signature')(now), 'service', { skipped }))
  assert.match(await run(gate, context), /^skipped +gate .*service is not signed, .*: a laptop has no identity$/m)
  assert.deepEqual(await registry.tags(partsOf(record).service.name), [])
})

test('a tag of a commit never moves to another digest, and `latest` stays with it', async () => {
  await using prepared = await prepare('moved')
  const { context, registry } = prepared
  await run(gate, context)
  const first = partsOf(await readRecord(context)).service
  await buildSample(context, { content: 'built again, and different' })
  await run(push, context)
  await updateRecord(context, now =>
    Object.entries(now.artifacts).reduce((all, [key, artifact]) => withArtifact(all, key, signed(artifact)), now),
  )
  const said = await run(gate, context, 1)
  assert.match(said, new RegExp(`:sha-${commit} is ${first.digest} already, and such a tag never moves`))
  for (const tag of ['latest', `sha-${commit}`])
    assert.equal(await registry.digest(`${first.name}:${tag}`), first.digest)
})

test('`latest` follows the newest commit', async () => {
  await using prepared = await prepare('latest')
  const { context, registry } = prepared
  await run(gate, context)
  const newer = 'f'.repeat(40)
  await buildSample(context, {
    content: 'newer',
    source: { ...trunk, commit: newer },
    tags: ['latest', `sha-${newer}`],
  })
  await run(push, context)
  await updateRecord(context, now =>
    Object.entries(now.artifacts).reduce((all, [key, artifact]) => withArtifact(all, key, signed(artifact)), now),
  )
  await run(gate, context)
  const { service } = partsOf(await readRecord(context))
  assert.equal(await registry.digest(`${service.name}:latest`), service.digest)
  assert.equal((await registry.tags(service.name)).length, 3)
})

test('a digest whose image is not the one that was tested is refused', async () => {
  await using prepared = await prepare('exchanged')
  const { context, registry, record } = prepared
  const { service, chart } = partsOf(record)
  // Somebody writes down the digest of something else, with everything about it: the registry knows better.
  await registry.copy(atDigest(chart.name, chart.digest), `${service.name}:other`)
  await updateRecord(context, now => {
    const moved = { ...service, digest: chart.digest }
    return withArtifact(now, 'service', { digest: chart.digest, push: about(chart.digest), ...signed(moved) })
  })
  assert.match(await run(gate, context, 1), /has the config sha256:.*: it is not what was built/)
  assert.deepEqual(await registry.tags(service.name), ['other'])
})

test('a manifest that was changed in the storage of the registry is found out by its digest', async () => {
  await using prepared = await prepare('tampered')
  const { context, registry, record } = prepared
  const { service } = partsOf(record)
  const hex = service.digest.slice('sha256:'.length)
  const [blob = assert.fail('no blob')] = globSync(`docker/registry/v2/blobs/sha256/*/${hex}/data`, {
    cwd: server.folder,
  })
  const file = join(server.folder, blob)
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('"schemaVersion"', '"schemaversion"'))
  await run(gate, context, 1)
  assert.deepEqual(await registry.tags(service.name), [])
})
