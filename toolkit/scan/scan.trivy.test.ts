import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { updateRecord } from '../record/record.ts'
import { scan } from '../scan.ts'
import { saveImage } from '../testing/saved-image.ts'
import { bundleOf, createScanCheckout, minimist } from '../testing/scan-checkout.ts'
import { vexFile } from './vex.ts'

const sound = { minimist: '1.2.8', hono: '4.12.0' }
const planted = { ...sound, minimist: '1.2.5' }

const open = (t: TestContext, { locked = sound, shipped = sound, advisories = [minimist] } = {}) =>
  createScanCheckout(t, { locked, image: bundleOf(shipped), advisories })

test('an image and a lockfile without a known vulnerability pass, and the record says by what', async t => {
  const { run, output, artifact } = await open(t)
  assert.equal(await run(scan), 0, output())
  assert.match(output(), /^scan: asks Trivy .* the files, the image service \(out\/service\.tar\)$/m)
  assert.match(output(), /^image service: 3 npm packages; known vulnerabilities: none$/m)
  const { scan: found, id } = (await artifact()) ?? {}
  const { at, by, database, version, ...rest } = found ?? {}
  assert.deepEqual(rest, { subject: id, tool: 'trivy', high: 0, critical: 0, accepted: [] })
  assert.match(database ?? '', /^\d{4}-\d\d-\d\dT/)
  assert.match(output(), new RegExp(`^passed +scan .* trivy ${version}, database of ${database}$`, 'm'))
})

test('a vulnerable package in the image alone is found there, with what fixes it', async t => {
  const { run, output, artifact } = await open(t, { shipped: planted })
  assert.equal(await run(scan), 1)
  assert.match(output(), /^files: 2 npm packages; known vulnerabilities: none$/m)
  assert.match(output(), /^image service: 3 npm packages; known vulnerabilities: 1 critical$/m)
  assert.match(
    output(),
    /^package-lock\.json:\d+: image service: CRITICAL CVE-2021-44906 in minimist 1\.2\.5 \(Node\.js\), fixed in 1\.2\.6: prototype pollution in minimist$/m,
  )
  assert.match(output(), /^FAILED +scan .* HIGH or CRITICAL: 1; upgrade the packages, or say in \.github\/vex/m)
  assert.equal((await artifact())?.scan, undefined)
})

test('one in the lockfile alone is shown on its line', async t => {
  const { run, output, root } = await open(t, { locked: planted })
  assert.equal(await run(scan, ['--files']), 1)
  const lines = (await readFile(join(root, 'package-lock.json'), 'utf8')).split('\n')
  const line = lines.findIndex(each => each.includes('node_modules/minimist')) + 1
  assert.ok(
    output().includes(
      `package-lock.json:${line}: files: CRITICAL CVE-2021-44906 in minimist 1.2.5 (package-lock.json)`,
    ),
    output(),
  )
})

test('what is neither HIGH nor CRITICAL is counted and passes', async t => {
  const { run, output } = await open(t, { shipped: planted, advisories: [{ ...minimist, severity: 'MEDIUM' }] })
  assert.equal(await run(scan), 0, output())
  assert.match(output(), /^image service: .* known vulnerabilities: 1 medium$/m)
})

const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

const vex = (until: string, product = 'pkg:npm/minimist@1.2.5') =>
  JSON.stringify({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://example.org/vex',
    author: 'acme/shop',
    timestamp: '2026-11-21T00:00:00Z',
    version: 1,
    statements: [
      {
        vulnerability: { name: 'CVE-2021-44906' },
        products: [{ '@id': product }],
        status: 'not_affected',
        impact_statement: 'No argument of ours comes from outside.',
        status_notes: `until ${until}`,
      },
    ],
  })

test('an accepted finding passes, and is named in the output and in the record', async t => {
  const { run, output, write, artifact } = await open(t, { locked: planted, shipped: planted })
  await write(vexFile, vex(daysFromNow(30)))
  assert.equal(await run(scan), 0, output())
  assert.match(output(), /^accepted until \S{10}: CVE-2021-44906: No argument of ours comes from outside\.$/m)
  assert.match(output(), /^passed +scan .*; accepted: CVE-2021-44906$/m)
  assert.deepEqual((await artifact())?.scan?.accepted, ['CVE-2021-44906'])
})

test('one that was accepted until yesterday fails, and an earlier scan no longer counts', async t => {
  const { run, output, write, artifact } = await open(t, { shipped: planted })
  await write(vexFile, vex(daysFromNow(30)))
  assert.equal(await run(scan), 0, output())
  await write(vexFile, vex(daysFromNow(-1)))
  assert.equal(await run(scan), 1)
  assert.match(output(), /^FAILED +scan .*CVE-2021-44906 was accepted until \S{10}, which is over/m)
  assert.equal((await artifact())?.scan, undefined)
})

test('a statement about another version accepts nothing, and is told to go', async t => {
  const { run, output, write } = await open(t, { shipped: planted })
  await write(vexFile, vex(daysFromNow(30), 'pkg:npm/minimist@1.2.4'))
  assert.equal(await run(scan), 1)
  assert.match(output(), /accepts CVE-2021-44906, which is not found/)
  assert.match(output(), /CRITICAL CVE-2021-44906 in minimist 1\.2\.5/)
})

test('settings of Trivy, in the tree or in the environment, hide nothing', async t => {
  const { run, output, write, root } = await open(t, { shipped: planted })
  await write('.trivyignore', 'CVE-2021-44906\n')
  await write('trivy.yaml', 'severity: LOW\nignorefile: .trivyignore\n')
  const env = { TRIVY_IGNOREFILE: join(root, '.trivyignore'), TRIVY_SEVERITY: 'LOW', TRIVY_SKIP_FILES: '**/*.json' }
  assert.equal(await run(scan, [], env), 1)
  assert.match(output(), /CRITICAL CVE-2021-44906 in minimist 1\.2\.5/)
})

test('another image than the one of the record is refused', async t => {
  const { run, output, root, artifact } = await open(t)
  const other = await saveImage(join(root, 'out/service.tar'), bundleOf({ hono: '4.12.0' }))
  assert.equal(await run(scan), 1)
  assert.ok(output().includes(`is the image ${other}, and the record is about ${(await artifact())?.id}`), output())
  assert.equal((await artifact())?.scan, undefined)
})

test('an image that hides its packages is refused, because nothing can be found in it', async t => {
  const { run, output, root, context } = await open(t)
  const id = await saveImage(join(root, 'out/service.tar'), new Map([['app/service/main.js', '']]))
  await updateRecord(context, record => ({
    ...record,
    artifacts: Object.fromEntries(Object.entries(record.artifacts).map(([name, each]) => [name, { ...each, id }])),
  }))
  assert.equal(await run(scan), 1)
  assert.match(output(), /Trivy saw no npm package in out\/service\.tar, so it can have found nothing/)
})

test('in GitHub Actions a job that holds secrets does not scan, and does not show them', async t => {
  const { run, output } = await open(t)
  const actions = { GITHUB_ACTIONS: 'true', GITHUB_TOKEN: 's3cr3t-token', COSIGN_PASSWORD: 's3cr3t-key' }
  assert.equal(await run(scan, [], actions), 1)
  assert.match(output(), /this job holds COSIGN_PASSWORD, GITHUB_TOKEN; a scanner gets no secrets/)
})
