import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { testDatabase } from '../lib/test-database.ts'
import { run } from './exec.ts'
import { createMigration } from './migration-create.ts'
import { copyTree } from './testing/copy-tree.ts'

async function setUp(t: TestContext) {
  const root = await copyTree(t)
  const folder = join(root, 'migrations')
  const migrate = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, [join(root, 'toolkit/cli.ts'), 'migrate', ...args], {
      env: { PATH: process.env.PATH, ...env },
    })
  return { root, folder, migrate }
}

test('create, write, lock, up, status, down: the way of a migration', async t => {
  const { folder, migrate } = await setUp(t)
  const env = { DATABASE_URL: await testDatabase(t) }
  const created = await migrate(['create', 'create_things'])
  assert.equal(created.code, 0)
  const [up, down] = created.stdout.split('\n').map(line => line.replace('migrations/', ''))
  assert.match(up ?? '', /^20\d{12}_create_things\.up\.sql$/)
  assert.match((await migrate(['up'], env)).stdout, /create_things\.up\.sql holds no SQL yet/)

  await writeFile(join(folder, up ?? ''), 'create table things ();\n')
  await writeFile(join(folder, down ?? ''), 'drop table things;\n')
  const edited = await migrate(['up'], env)
  assert.equal(edited.code, 1)
  assert.match(edited.stdout, /create_things\.up\.sql was edited after migrations\.lock\.json recorded it/)
  assert.match((await migrate(['lock'])).stdout, /^recorded: 20\d{12}_create_things\n/)
  assert.equal((await migrate(['up'], env)).code, 0)
  const name = (up ?? '').replace('.up.sql', '')
  assert.match((await migrate(['status'], env)).stdout, new RegExp(`^${name} +applied 20`, 'm'))
  assert.equal((await migrate(['down'], env)).code, 0)
  assert.match((await migrate(['status'], env)).stdout, new RegExp(`^${name} +pending$`, 'm'))
})

test("without DATABASE_URL it takes the database of a running npm start, on a machine of one's own only", async t => {
  const { root, migrate } = await setUp(t)
  const none = await migrate(['status'])
  assert.equal(none.code, 1)
  assert.match(none.stderr, /there is no database to migrate: set DATABASE_URL, or let `npm start` run/)
  await mkdir(join(root, '.local'))
  await writeFile(join(root, '.local/database-url'), `${await testDatabase(t)}\n`)
  const found = await migrate(['status'])
  assert.equal(found.code, 0)
  assert.match(found.stdout, /applied/)
  assert.match((await migrate(['status'], { ENVIRONMENT: 'prod' })).stderr, /DATABASE_URL: required/)
})

test('wrong use exits 2 and says what is right', async t => {
  const { migrate } = await setUp(t)
  for (const [args, message] of [
    [[], /migrate what: up, down, status, create or lock\?/],
    [['stauts'], /there is no migrate stauts; did you mean status\?/],
    [['create'], /migrate create takes one name/],
    [['create', 'Create-Things'], /migrate create takes one name/],
    [['lock', 'now'], /migrate lock takes nothing else/],
  ] as [string[], RegExp][]) {
    const { code, stderr } = await migrate(args)
    assert.equal(code, 2)
    assert.match(stderr, message)
  }
  assert.equal((await migrate(['up', 'now'], { DATABASE_URL: 'postgres://u@127.0.0.1/x' })).code, 2)
})

test('a new migration comes after every other, even after one from a clock that is ahead', async t => {
  const { folder } = await setUp(t)
  assert.deepEqual(
    (await createMigration(folder, 'later', new Date('2099-12-31T23:59:59Z')))[0],
    '20991231235959_later.up.sql',
  )
  assert.deepEqual(
    (await createMigration(folder, 'now', new Date('2099-01-01T00:00:00Z')))[0],
    '21000101000000_now.up.sql',
  )
  const lock = JSON.parse(await readFile(join(folder, 'migrations.lock.json'), 'utf8'))
  assert.deepEqual(Object.keys(lock).slice(-2), ['20991231235959_later', '21000101000000_now'])
  assert.ok((await readdir(folder)).includes('21000101000000_now.down.sql'))
})
