import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { run } from '../exec.ts'
import { copyTree } from '../testing/copy-tree.ts'

async function setUp(t: TestContext) {
  const root = await copyTree(t)
  const migrate = (...args: string[]) =>
    run(process.execPath, [join(root, 'toolkit/cli.ts'), 'migrate', ...args], { env: { PATH: process.env.PATH } })
  const locked = async (folder: string) =>
    Object.keys(JSON.parse(await readFile(join(root, folder, 'migrations.lock.json'), 'utf8')) as object)
  return { root, migrate, locked }
}

test("--of delivery makes and records a migration of the ledger, and leaves the service's alone", async t => {
  const { root, migrate, locked } = await setUp(t)
  const before = { service: await locked('migrations'), ledger: await locked('delivery/outbox/migrations') }
  const { code, stdout } = await migrate('create', 'add_things', '--of', 'delivery')
  assert.equal(code, 0)
  const [up = '', down = '', advice] = stdout.split('\n')
  assert.match(up, /^delivery\/outbox\/migrations\/20\d{12}_add_things\.up\.sql$/)
  assert.equal(down, up.replace('.up.', '.down.'))
  assert.equal(advice, 'Write both, then run ./fairlead migrate lock --of delivery.')

  await writeFile(join(root, up), 'create table fairlead.things ();\n')
  const name = up.replace(/^.*\/(.*)\.up\.sql$/, '$1')
  assert.equal((await migrate('lock')).stdout, 'nothing changed\n')
  assert.match((await migrate('lock', '--of', 'delivery')).stdout, new RegExp(`^recorded: ${name}\n`))
  assert.deepEqual(await locked('delivery/outbox/migrations'), [...before.ledger, name])
  assert.deepEqual(await locked('migrations'), before.service)
})

test('an unknown owner is told with those that there are', async t => {
  const { migrate } = await setUp(t)
  for (const owner of ['delivry', 'toString']) {
    const { code, stderr } = await migrate('lock', '--of', owner)
    assert.equal(code, 2)
    assert.ok(stderr.includes(`--of: expected service or delivery, got "${owner}"`), stderr)
  }
})
