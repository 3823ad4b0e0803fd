import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Client } from 'pg'
import { createLog } from './log.ts'
import { migrateDown, migrateUp, migrationStatus } from './migration-runner.ts'
import { loadMigrations, writeLock } from './migrations.ts'
import { parsePostgresUrl, toPg } from './postgres-url.ts'
import { testDatabase } from './test-database.ts'

const a = '20261120100000_a'
const b = '20261120100001_b'
const c = '20261120100002_c'
type Files = Record<string, { up: string; down?: string }>
const tables: Files = {
  [a]: { up: 'create table a (id int);', down: 'drop table a;' },
  [b]: { up: 'create table b (id int);', down: 'drop table b;' },
}

async function setUp(t: TestContext, files: Files) {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  t.after(() => rm(folder, { recursive: true }))
  const write = async (files: Files) => {
    for (const [name, { up, down = 'select 1;' }] of Object.entries(files)) {
      await writeFile(join(folder, `${name}.up.sql`), up)
      await writeFile(join(folder, `${name}.down.sql`), down)
    }
    await writeLock(folder, await loadMigrations(folder))
  }
  const remove = async (name: string) => {
    for (const direction of ['up', 'down']) await rm(join(folder, `${name}.${direction}.sql`))
    await writeLock(folder, await loadMigrations(folder))
  }
  await write(files)
  const address = parsePostgresUrl(await testDatabase(t, { migrated: false }))
  const client = new Client(toPg(address))
  client.on('error', () => {}) // dropping the database ends it, should the test not have
  await client.connect()
  t.after(() => client.end())
  const options = {
    address,
    folder,
    applicationName: 'test',
    waitMs: 20_000,
    lockTimeoutMs: 20_000,
    statementTimeoutMs: 20_000,
    log: createLog({ name: 'test', level: 'silent' }).log,
  }
  const states = async () => (await migrationStatus(options)).map(({ name, state }) => `${name.slice(-1)} ${state}`)
  const query = async (sql: string) => (await client.query(sql)).rows
  return { folder, write, remove, options, client, states, query }
}

test('up applies what is pending, once, and status tells', async t => {
  const { options, states, query } = await setUp(t, tables)
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
  const { states, query } = await setUp(t, tables)
  await states()
  assert.deepEqual(await query(`select 1 from pg_tables where schemaname = 'public'`), [])
})

test('a file that fails leaves nothing of itself, and those before it stay', async t => {
  const { options, states, query, write } = await setUp(t, {
    ...tables,
    [c]: { up: 'create table c (id int);\ninsert into c values (1);\n\nselect nonsense;' },
  })
  await assert.rejects(migrateUp(options), {
    message: `${c}.up.sql, line 4 failed: column "nonsense" does not exist; nothing of it was kept`,
  })
  assert.deepEqual(await states(), ['a applied', 'b applied', 'c pending'])
  assert.deepEqual(await query(`select to_regclass('c') as c`), [{ c: null }])
  await write({ [c]: { up: 'create table c (id int);' } })
  assert.deepEqual(await migrateUp(options), { kind: 'done', names: [c] })
})

test('down undoes one, or as many as asked, newest first', async t => {
  const { options, states, query } = await setUp(t, {
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
  const { options, states, write } = await setUp(t, tables)
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
  const { options, folder, states } = await setUp(t, tables)
  await writeFile(join(folder, `${b}.up.sql`), 'create table other (id int);')
  const outcome = await migrateUp(options)
  assert.match(outcome.kind === 'refused' ? outcome.reason : '', /20261120100001_b\.up\.sql was edited after/)
  assert.deepEqual(await states(), ['a pending', 'b pending'])
})

test('a database that is ahead is left as it is', async t => {
  const { options, remove, states } = await setUp(t, tables)
  await migrateUp(options)
  await remove(b)
  assert.deepEqual(await migrateUp(options), { kind: 'nothing', reason: `the database is ahead: ${b}` })
  assert.deepEqual(await states(), ['a applied', 'b unknown'])
  assert.equal((await migrateDown(options, 1)).kind, 'refused')
})

test('one that comes late, from another branch, is refused', async t => {
  const { options, write, remove } = await setUp(t, { ...tables, [c]: { up: 'select 1;' } })
  await remove(b)
  await migrateUp(options)
  await write({ [b]: { up: 'select 1;' } })
  assert.match(JSON.stringify(await migrateUp(options)), /refused.*comes before/)
})

const concurrently = `-- migrate:no-transaction
drop index concurrently if exists a_id; -- left invalid; by an interrupted build
create index concurrently a_id on a (id);`

test('a file without a transaction runs statement by statement and is recorded', async t => {
  const { options, states, query } = await setUp(t, {
    [a]: { up: 'create table a (id int);' },
    [b]: { up: concurrently, down: '-- migrate:no-transaction\ndrop index concurrently a_id;' },
  })
  await migrateUp(options)
  assert.deepEqual(await states(), ['a applied', 'b applied'])
  assert.deepEqual(await query(`select indisvalid from pg_index where indexrelid = 'a_id'::regclass`), [
    { indisvalid: true },
  ])
  assert.deepEqual(await migrateDown(options, 1), { kind: 'done', names: [b] })
  assert.deepEqual(await query(`select to_regclass('a_id') as index`), [{ index: null }])
})

test('without a transaction a failure keeps what went before and may be run again', async t => {
  const { options, states, query, write } = await setUp(t, {
    [a]: { up: 'create table a (id int); insert into a values (1), (1);' },
    [b]: { up: '-- migrate:no-transaction\ncreate unique index concurrently a_id on a (id);' },
  })
  await assert.rejects(
    migrateUp(options),
    /b\.up\.sql failed: could not create unique index.*earlier statements did was kept/,
  )
  assert.deepEqual(await states(), ['a applied', 'b pending'])
  assert.deepEqual(await query(`select indisvalid from pg_index where indexrelid = 'a_id'::regclass`), [
    { indisvalid: false },
  ])
  await write({ [b]: { up: concurrently } })
  assert.deepEqual(await migrateUp(options), { kind: 'done', names: [b] })
})

test('lock_timeout ends a wait for a table that somebody holds', async t => {
  const { options, client, states } = await setUp(t, { [a]: { up: 'alter table held add column more int;' } })
  await client.query('create table held (id int)')
  await client.query('begin; lock table held in access share mode')
  await assert.rejects(
    migrateUp({ ...options, lockTimeoutMs: 100 }),
    /a\.up\.sql failed: canceling statement due to lock timeout; somebody held a lock for MIGRATE_LOCK_TIMEOUT_MS; nothing/,
  )
  assert.deepEqual(await states(), ['a pending'])
  await client.query('rollback')
  assert.deepEqual(await migrateUp({ ...options, lockTimeoutMs: 100 }), { kind: 'done', names: [a] })
})

test('statement_timeout ends a statement, and a file that sets its own does so for itself only', async t => {
  const { options, states } = await setUp(t, {
    [a]: { up: 'set statement_timeout = 0; set lock_timeout = 0; select pg_sleep(0.2);' },
    [b]: { up: 'select pg_sleep(600);' },
  })
  await assert.rejects(
    migrateUp({ ...options, statementTimeoutMs: 100 }),
    /b\.up\.sql failed: .*; see MIGRATE_STATEMENT_TIMEOUT_MS/,
  )
  assert.deepEqual(await states(), ['a applied', 'b pending'])
})

test('a file that holds only comments is refused', async t => {
  const { options, states } = await setUp(t, { [a]: { up: '-- to be written; soon' } })
  await assert.rejects(migrateUp(options), { name: 'MigrationError', message: `${a}.up.sql holds no SQL yet` })
  assert.deepEqual(await states(), ['a pending'])
})

test('another schema has migrations and tables of its own', async t => {
  const { options, query } = await setUp(t, tables)
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
  const { options, query } = await setUp(t, tables)
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
