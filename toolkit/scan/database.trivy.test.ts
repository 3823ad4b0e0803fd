import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../local/port.ts'
import { createRegistry } from '../registry/registry.ts'
import { scan } from '../scan.ts'
import { startRegistry } from '../testing/registry.ts'
import { bundleOf, createScanCheckout, minimist } from '../testing/scan-checkout.ts'
import { writeTrivyDatabase, writeTrivyLayout } from '../testing/trivy-database.ts'

const planted = { minimist: '1.2.5' }
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)

const open = (t: TestContext) => createScanCheckout(t, { locked: planted, image: bundleOf(planted), advisories: [] })

test('without a database nothing is scanned, and that is not "passed"', async t => {
  const { run, output, root, artifact } = await open(t)
  await rm(join(root, '.local'), { recursive: true })
  const nowhere = `127.0.0.1:${await freePort()}/trivy-db:2`
  assert.equal(await run(scan, [], { TRIVY_SKIP_DB_UPDATE: undefined, TRIVY_DB_REPOSITORY: nowhere }), 1)
  assert.match(
    output(),
    /^not run +scan .*there is no vulnerability database in .*, and none could be fetched: .*refused/m,
  )
  assert.equal((await artifact())?.scan, undefined)
})

test('one of three days ago will do, and an older one is not', async t => {
  const { run, output, root, context } = await open(t)
  const cache = join(root, '.local/trivy')
  await writeTrivyDatabase(cache, [], context, hoursAgo(71))
  assert.equal(await run(scan), 0, output())
  await writeTrivyDatabase(cache, [], context, hoursAgo(73))
  assert.equal(await run(scan), 1)
  assert.match(
    output(),
    /^not run +scan .*the vulnerability database is of \S+, older than 72 hours; TRIVY_DB_REPOSITORY/m,
  )
})

test('it comes from the registry that TRIVY_DB_REPOSITORY names', async t => {
  const { run, output, root, context } = await open(t)
  const elsewhere = join(root, '.local/elsewhere')
  await writeTrivyDatabase(elsewhere, [minimist], context)
  await writeTrivyLayout(join(root, '.local/layout'), elsewhere)
  await rm(join(root, '.local/trivy'), { recursive: true })
  await using server = await startRegistry(context)
  const registry = await createRegistry(context)
  const name = `${server.host}/trivy-db`
  const digest = await registry.push(join(root, '.local/layout'), name)
  await registry.tag(`${name}@${digest}`, '2')
  assert.equal(await run(scan, [], { TRIVY_SKIP_DB_UPDATE: undefined, TRIVY_DB_REPOSITORY: `${name}:2` }), 1)
  assert.match(output(), /CRITICAL CVE-2021-44906 in minimist 1\.2\.5/)
})
