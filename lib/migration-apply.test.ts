import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statementsOf } from './migration-apply.ts'
import { migrateDown, migrateUp } from './migration-runner.ts'
import { setUpMigrations } from './test-migrations.ts'

const a = '20261120100000_a'
const b = '20261120100001_b'
const c = '20261120100002_c'

const cuts: [what: string, sql: string, statements: string[]][] = [
  ['nothing', ' \n-- a comment; with an end\n/* and; another */ ;', []],
  ['no end at the last one', 'select 1; select 2', ['select 1', 'select 2']],
  ['a string', `select 'a;''b;'; select 2;`, [`select 'a;''b;'`, 'select 2']],
  ['a backslash that ends a string', `select 'a\\'; select 2;`, [`select 'a\\'`, 'select 2']],
  ['a backslash in an escape string', `select E'a\\';b'; select 2;`, [`select E'a\\';b'`, 'select 2']],
  ['a quoted name', 'select 1 as "a;b"; select 2;', ['select 1 as "a;b"', 'select 2']],
  ['dollar quotes', 'do $$ begin; end; $$; select 2;', ['do $$ begin; end; $$', 'select 2']],
  ['dollar quotes with a tag', 'do $a$ x; $$; $a$; select 2;', ['do $a$ x; $$; $a$', 'select 2']],
  ['a comment in a string', `select '--;'; select 2;`, [`select '--;'`, 'select 2']],
  ['a quote in a comment', `select 1 -- it's\n; select 2;`, ['select 1', 'select 2']],
  ['a parameter', 'prepare p as select $1; select 2;', ['prepare p as select $1', 'select 2']],
]
for (const [what, sql, statements] of cuts) {
  test(`statements are cut right around: ${what}`, () => assert.deepEqual(statementsOf(sql), statements))
}

test('a file that fails leaves nothing of itself, and those before it stay', async t => {
  const { options, states, query, write } = await setUpMigrations(t, {
    [a]: { up: 'create table a (id int);' },
    [b]: { up: 'create table b (id int);' },
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

const concurrently = `-- migrate:no-transaction
drop index concurrently if exists a_id; -- left invalid; by an interrupted build
create index concurrently a_id on a (id);`

test('a file without a transaction runs statement by statement and is recorded', async t => {
  const { options, states, query } = await setUpMigrations(t, {
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
  const { options, states, query, write } = await setUpMigrations(t, {
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
  const { options, client, states } = await setUpMigrations(t, { [a]: { up: 'alter table held add column more int;' } })
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

test('statement_timeout ends a statement; a file may set its own', async t => {
  const { options, states, write } = await setUpMigrations(t, { [a]: { up: 'select pg_sleep(600);' } })
  const ended = /a\.up\.sql failed: .* statement timeout; see MIGRATE_STATEMENT_TIMEOUT_MS; nothing of it was kept/
  await assert.rejects(migrateUp({ ...options, statementTimeoutMs: 2000 }), ended)
  await write({ [a]: { up: 'set statement_timeout = 10; select pg_sleep(600);' } })
  await assert.rejects(migrateUp({ ...options, statementTimeoutMs: 0 }), ended)
  assert.deepEqual(await states(), ['a pending'])
})

test('no setting of one file reaches the next', async t => {
  const { options } = await setUpMigrations(t, {
    [a]: { up: 'set default_transaction_read_only = on;' },
    [b]: { up: 'create table b (id int);' },
  })
  assert.deepEqual(await migrateUp(options), { kind: 'done', names: [a, b] })
})

test('a file that holds only comments is refused', async t => {
  const { options, states } = await setUpMigrations(t, { [a]: { up: '-- to be written; soon' } })
  await assert.rejects(migrateUp(options), { name: 'MigrationError', message: `${a}.up.sql holds no SQL yet` })
  assert.deepEqual(await states(), ['a pending'])
})
