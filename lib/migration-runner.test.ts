import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { migrateDown, migrateUp, migrationStatus } from './migration-runner.ts'
import { setUpMigrations } from './test-migrations.ts'

const a = '20261120100000_a'
const b = '20261120100001_b'
const c = '20261120100002_c'
const tables = {
  [a]: { up: 'create table a (id int);', down: 'drop table a;' },
  [b]: { up: 'create table b (id int);', down: 'drop table b;' },
}

test('up applies what is pending, once, and status tells', async t => {
  const { options, states, query } = await setUpMigrations(t, tables)
  await query(`alter database ${options.address.database} set timezone = 'Asia/Tokyo'`)
  assert.deepEqual(await states(), ['a pending', 'b pending'])
  assert.deepEqual(await migrateUp(options), { kind: 'done', names: [a, b] })
  assert.deepEqual(await migrateUp(options), { kind: 'nothing', reason: 'up to date' })
  assert.deepEqual(await states(), ['a applied', 'b applied'])
  const [first] = await migrationStatus(options)
  assert.ok(
    Math.abs(Date.now() - Number(first?.appliedAt)) < 600_000,
    'the time is UTC, whatever the zone of the server',
  )
})

test('status on an empty database makes no table', async t => {
  const { states, query } = await setUpMigrations(t, tables)
  await states()
  assert.deepEqual(await query(`select 1 from pg_tables where schemaname = 'public'`), [])
})

test('down undoes one, or as many as asked, newest first', async t => {
  const { options, states, query } = await setUpMigrations(t, {
    ...tables,
    [c]: { up: 'create table c ();', down: 'drop table c;' },
  })
  await migrateUp(options)
  assert.deepEqual(await migrateDown(options, 1), { kind: 'done', names: [c] })
  assert.deepEqual(await migrateDown(options, 2), { kind: 'done', names: [b, a] })
  assert.deepEqual(await migrateDown(options, 1), { kind: 'nothing', reason: 'no migration is applied' })
  assert.deepEqual(await states(), ['a pending', 'b pending', 'c pending'])
  assert.deepEqual(await query(`select to_regclass('a') as a, to_regclass('b') as b`), [{ a: null, b: null }])
})

test('a file edited after this database ran it is refused, even when the lock file agrees; down lets one start over', async t => {
  const { options, states, write } = await setUpMigrations(t, tables)
  await migrateUp(options)
  await write({ [a]: { up: 'create table a (id bigint);', down: 'drop table a;' } })
  const outcome = await migrateUp(options)
  assert.equal(outcome.kind, 'refused')
  assert.match(outcome.kind === 'refused' ? outcome.reason : '', /ran another text of 20261120100000_a\.up\.sql/)
  assert.deepEqual(await states(), ['a edited', 'b applied'])
  await migrateDown(options, 2)
  assert.deepEqual(await migrateUp(options), { kind: 'done', names: [a, b] })
  assert.deepEqual(await states(), ['a applied', 'b applied'])
})

test('a file that the lock file does not know as it is, is refused before anything is asked', async t => {
  const { options, folder, states } = await setUpMigrations(t, tables)
  await writeFile(join(folder, `${b}.up.sql`), 'create table other (id int);')
  const outcome = await migrateUp(options)
  assert.match(outcome.kind === 'refused' ? outcome.reason : '', /20261120100001_b\.up\.sql was edited after/)
  assert.deepEqual(await states(), ['a pending', 'b pending'])
})

test('a database that is ahead is left as it is', async t => {
  const { options, remove, states } = await setUpMigrations(t, tables)
  await migrateUp(options)
  await remove(b)
  assert.deepEqual(await migrateUp(options), { kind: 'nothing', reason: `the database is ahead: ${b}` })
  assert.deepEqual(await states(), ['a applied', 'b unknown'])
  assert.equal((await migrateDown(options, 1)).kind, 'refused')
})

test('one that comes late, from another branch, is refused', async t => {
  const { options, write, remove } = await setUpMigrations(t, { ...tables, [c]: { up: 'select 1;' } })
  await remove(b)
  await migrateUp(options)
  await write({ [b]: { up: 'select 1;' } })
  assert.match(JSON.stringify(await migrateUp(options)), /refused.*comes before/)
})

test('another schema has migrations and tables of its own', async t => {
  const { options, query } = await setUpMigrations(t, tables)
  await migrateUp(options)
  const other = { ...options, schema: 'delivery' }
  assert.deepEqual(await migrateUp(other), { kind: 'done', names: [a, b] })
  assert.deepEqual(await query(`select to_regclass('delivery.a')::text as a`), [{ a: 'delivery.a' }])
  await migrateDown(other, 2)
  assert.deepEqual(await query(`select to_regclass('delivery.a') as mine, to_regclass('a')::text as theirs`), [
    { mine: null, theirs: 'a' },
  ])
})

test('a role that may not create tables is told so in a sentence', async t => {
  const { options, query } = await setUpMigrations(t, tables)
  const user = `guest_of_${options.address.database}` // roles belong to the whole server
  await query(`create role ${user} login password 's3cr3t-guest'`)
  try {
    await assert.rejects(
      migrateUp({ ...options, address: { ...options.address, user, password: () => 's3cr3t-guest' } }),
      {
        name: 'MigrationError',
        message: 'cannot make the tables of the migrations in schema public: permission denied for schema public',
      },
    )
  } finally {
    await query(`drop role ${user}`)
  }
})
