import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { attest } from '../attest.ts'
import { gate } from '../gate.ts'
import { imageTag } from '../image-tag.ts'
import { push } from '../push.ts'
import { type BuildRecord, readRecord, updateRecord } from '../record/record.ts'
import { createRegistry } from '../registry/registry.ts'
import { sign } from '../sign.ts'
import type { IdentityName } from '../signing/identities.ts'
import type { Context, Step } from '../step.ts'
import { createContext } from '../testing/context.ts'
import { about, buildSample } from '../testing/pipeline-checkout.ts'
import { type RegistryServer, startRegistry } from '../testing/registry.ts'
import { actionsEnv, createSigningCheckout, runs } from '../testing/signing-checkout.ts'
import { verify } from '../verify.ts'

// From a commit on main to its release: the steps as the workflows run them, with a real registry, cosign and git.

const password = 's3cr3t-of-the-keys'
const all = new AsyncDisposableStack()
let registry: RegistryServer
let context: Context & { lines: string[] }

before(async () => {
  context = createContext({ root: all.use(await createSigningCheckout()).path })
  registry = all.use(await startRegistry(context))
  assert.equal(await sign.run(['--make-keys'], { ...context, env: { ...context.env, COSIGN_PASSWORD: password } }), 0)
  const checkout = join(import.meta.dirname, '../..')
  await cp(join(checkout, 'helm/service/Chart.yaml'), join(context.root, 'helm/service/Chart.yaml'))
  await writeFile(join(context.root, 'Dockerfile'), 'FROM scratch AS runtime\nFROM runtime AS service\n')
  await writeFile(join(context.root, '.gitignore'), 'out/\nevent.json\nthird-party\n.bin/\n')
  git('init', '--quiet', '--initial-branch=main')
  commit()
})
after(() => all.disposeAsync())

const git = (...args: string[]) => execFileSync('git', args, { cwd: context.root, encoding: 'utf8' }).trim()

function commit(): string {
  const who = ['-c', 'user.name=Octo', '-c', 'user.email=octo@acme.example']
  git('add', '.')
  git(...who, 'commit', '--quiet', '--allow-empty', '--message=all')
  return git('rev-parse', 'HEAD')
}

/** The environment of a run of ci.yml on main, of a pull request, or of release.yml, with the key that such a run has. */
async function as(name: IdentityName, path: string): Promise<Context & { lines: string[] }> {
  const run = { trunk: runs.trunk, release: runs.release, 'pull-request': runs.pull, previews: runs.previews }[name]
  const key = await readFile(join(context.root, 'out/keys', name, 'cosign.key'), 'utf8')
  const repository = { full_name: 'acme/hello-world', visibility: 'public', owner: { type: 'Organization' } }
  const pull = { number: 7, head: { sha: 'a', repo: { full_name: repository.full_name } } }
  const payload = { repository, ...(name === 'pull-request' && { pull_request: pull }) }
  await writeFile(join(context.root, 'event.json'), JSON.stringify(payload))
  const env = {
    ...actionsEnv(context.root, run),
    ...{ GITHUB_SHA: git('rev-parse', 'HEAD'), REGISTRY: `${registry.host}/${path}/shop` },
    ...{ COSIGN_PRIVATE_KEY: key, COSIGN_PASSWORD: password },
  }
  return { ...context, env }
}

async function runStep(step: Step, where: Context & { lines: string[] }, args: string[] = []): Promise<string> {
  where.lines.length = 0
  await step.run(args, where)
  return where.lines.find(line => /^(passed|FAILED|skipped|not run)/.test(line)) ?? where.lines.join('\n')
}

/** What `build`, `container-test`, `scan` and `sbom` leave behind, and then the real steps up to the gate. */
async function publish(path: string, name: IdentityName = 'trunk'): Promise<BuildRecord> {
  const where = await as(name, path)
  assert.match(await runStep(imageTag, where), /^passed/)
  const { source, tags } = await readRecord(where)
  const record = await buildSample(where, { source, tags, content: path })
  const sbom = JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: 'a' }],
  })
  await writeFile(join(where.root, 'out/sbom'), sbom)
  const file = { path: 'out/sbom', sha256: createHash('sha256').update(sbom).digest('hex') }
  const id = record.artifacts.service?.id ?? assert.fail()
  await updateRecord(where, now => {
    const service = { ...(now.artifacts.service ?? assert.fail()), sbom: { ...about(id), cyclonedx: file, spdx: file } }
    return { ...now, artifacts: { ...now.artifacts, service } }
  })
  for (const step of [push, sign, attest, verify, gate]) assert.match(await runStep(step, where), /^passed/, step.name)
  return readRecord(where)
}

/** A release of the commit that is checked out. */
async function release(path: string): Promise<string> {
  const where = await as('release', path)
  assert.match(await runStep(imageTag, where), /^passed .*: 1\.2\.3; builds nothing$/)
  return runStep(gate, where, ['--from-registry'])
}

test('a release takes up the digests of main, verifies them, and adds its version to image and chart', async () => {
  const built = await publish('good')
  const said = await release('good')
  assert.match(said, /^passed +gate .*service sha256:[0-9a-f]{12} 1\.2\.3/)
  const { artifacts } = await readRecord(context)
  const tags = await createRegistry(context)
  for (const [key, { name, digest }] of Object.entries(built.artifacts)) {
    assert.equal(artifacts[key]?.digest, digest)
    assert.equal(artifacts[key]?.verified?.as, 'trunk')
    assert.equal(await tags.digest(`${name}:1.2.3`), digest)
  }
  assert.match(await release('good'), /^passed/, 'a second run finds it done')
})

test('a commit that main has not built cannot be released', async () => {
  commit()
  const said = await release('good')
  assert.match(said, /^FAILED +gate .*has no tag sha-[0-9a-f]{40}: main has not built that commit/)
})

test('what somebody signed as a pull request and tagged by hand cannot be released', async () => {
  const pushed = await publish('foreign', 'pull-request')
  const { name, digest } = pushed.artifacts.service ?? assert.fail()
  const tags = await createRegistry(context)
  for (const each of Object.values(pushed.artifacts))
    await tags.tag(`${each.name}@${each.digest}`, `sha-${git('rev-parse', 'HEAD')}`)
  const said = await release('foreign')
  assert.match(said, /^FAILED .*prod accepts trunk .* but it is signed with the key of pull-request/)
  assert.ok(!(await tags.tags(name)).includes('1.2.3'), `${digest} has the version`)
})

test('a version that is another digest already is not moved', async () => {
  await mkdir(join(context.root, 'docs'), { recursive: true })
  const first = await publish('moved')
  assert.match(await release('moved'), /^passed/)
  await writeFile(join(context.root, 'docs/new.md'), 'new')
  commit()
  await publish('moved')
  const said = await release('moved')
  assert.match(said, /FAILED .*:1\.2\.3 is sha256:[0-9a-f]{64} already, and such a tag never moves/)
  const { name, digest } = first.artifacts.service ?? assert.fail()
  assert.equal(await (await createRegistry(context)).digest(`${name}:1.2.3`), digest)
})

test('nothing is found for what is no release', async () => {
  const where = await as('trunk', 'good')
  await runStep(imageTag, where)
  assert.match(
    await runStep(gate, where, ['--from-registry']),
    /FAILED .*--from-registry is for tags release\/<version>/,
  )
})
