import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadMigrations, lockMistakes, newestMigration, writeLock } from './migrations.ts'

const users = '20261120101500_create_users'
const orders = '20261120102000_create_orders'

async function folderWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}
const pair = (name: string) => ({
  [`${name}.up.sql`]: `create table ${name.slice(15)} ();\n`,
  [`${name}.down.sql`]: 'select 1;\n',
})
const lockFolder = async (folder: string) => writeLock(folder, await loadMigrations(folder))
const mistakes = async (folder: string) => lockMistakes(folder, await loadMigrations(folder))

test('the committed lock file agrees with migrations/', async () => {
  assert.deepEqual(await mistakes(fileURLToPath(new URL('../migrations/', import.meta.url))), [])
})

test('pairs are loaded oldest first, other files are left alone', async t => {
  const folder = await folderWith(t, { ...pair(orders), ...pair(users), 'README.md': '' })
  assert.deepEqual(
    (await loadMigrations(folder)).map(({ name }) => name),
    [users, orders],
  )
})

const wrongFolders: [what: string, files: Record<string, string>, message: RegExp][] = [
  ['a name without a timestamp', { 'create_users.up.sql': '' }, /create_users\.up\.sql: expected <UTC timestamp>/],
  ['a name without a direction', { [`${users}.sql`]: '' }, /create_users\.sql: expected <UTC timestamp>/],
  ['upper case', { '20261120101500_Users.up.sql': '' }, /Users\.up\.sql: expected <UTC timestamp>/],
  ['an up without its down', { [`${users}.up.sql`]: '' }, /create_users\.down\.sql is missing/],
  ['a down without its up', { [`${users}.down.sql`]: '' }, /create_users\.up\.sql is missing/],
  [
    'the same timestamp twice',
    { ...pair(users), ...pair('20261120101500_create_more') },
    /two have the timestamp 20261120101500/,
  ],
]
for (const [what, files, message] of wrongFolders) {
  test(`${what} is refused`, async t => {
    await assert.rejects(loadMigrations(await folderWith(t, files)), message)
  })
}

test('Windows line ends do not change a checksum', async t => {
  const folder = await folderWith(t, pair(users))
  await lockFolder(folder)
  await writeFile(join(folder, `${users}.up.sql`), 'create table create_users ();\r\n')
  assert.deepEqual(await mistakes(folder), [])
})

test('an edited up, an edited down, a new pair and a lost pair are each told', async t => {
  const folder = await folderWith(t, { ...pair(users), ...pair(orders) })
  await lockFolder(folder)
  assert.deepEqual(await mistakes(folder), [])
  for (const direction of ['up', 'down']) {
    const file = join(folder, `${users}.${direction}.sql`)
    const text = await readFile(file, 'utf8')
    await writeFile(file, 'select 2;\n')
    const [told, ...others] = await mistakes(folder)
    assert.match(told ?? '', new RegExp(`^${users}\\.${direction}\\.sql was edited .* restore it .* migrate lock$`))
    assert.equal(others.length, 0)
    await writeFile(file, text)
  }
  await folderPlus(folder, '20261120103000_more')
  assert.deepEqual(await mistakes(folder), [
    '20261120103000_more is not in migrations.lock.json; run ./fairlead migrate lock',
  ])
  await lockFolder(folder)
  for (const direction of ['up', 'down']) await rm(join(folder, `20261120103000_more.${direction}.sql`))
  assert.match(
    (await mistakes(folder)).join(),
    /^20261120103000_more is in migrations\.lock\.json, but its files are gone/,
  )
})

async function folderPlus(folder: string, name: string): Promise<void> {
  for (const [file, text] of Object.entries(pair(name))) await writeFile(join(folder, file), text)
}

for (const [what, lock] of [
  ['missing', undefined],
  ['in a merge conflict', '<<<<<<< HEAD\n{}\n'],
  ['of another shape', '[1]'],
] as const) {
  test(`a lock file that is ${what} is refused, and written anew`, async t => {
    const folder = await folderWith(t, { ...pair(users), ...(lock !== undefined && { 'migrations.lock.json': lock }) })
    await assert.rejects(mistakes(folder), /migrations\.lock\.json is missing or broken/)
    assert.deepEqual(await lockFolder(folder), [users])
    assert.deepEqual(await mistakes(folder), [])
    assert.deepEqual(await lockFolder(folder), [])
  })
}

test('the newest migration of a lock is the one with the latest timestamp', () => {
  const sums = { up: '', down: '' }
  assert.equal(newestMigration({ [orders]: sums, [users]: sums }), orders)
  assert.equal(newestMigration({}), undefined)
})
