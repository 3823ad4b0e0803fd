import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setUpMigrations } from './testing/migrate-process.ts'

const a = '20261120100000_a'
const b = '20261120100001_b'

/** Stops at a table that the test holds, so that the test decides when the migration goes on. */
const gated = 'insert into runs values (1); lock table gate in access exclusive mode; create table a (id int);'
const setUpGate = async (t: TestContext, ups: Record<string, string> = { [a]: gated }) => {
  const set = await setUpMigrations(t, ups)
  await set.query(
    'create table gate (); create table runs (id int); insert into runs values (0); create table big (id int)',
  )
  const holder = await set.connect() // not `query`: inside a transaction pg_stat_activity stands still
  await holder('begin; lock table gate in access share mode; insert into big values (1)')
  const open = () => holder('commit')
  return { ...set, open }
}
const atGate = `select from pg_stat_activity
  where datname = current_database() and application_name like '%-migrate' and wait_event_type = 'Lock'`
const runners = `select from pg_stat_activity where datname = current_database() and application_name like '%-migrate'`

test('two runners at once: one works, the other waits and finds nothing to do', async t => {
  const { run, query, open, untilRows } = await setUpGate(t)
  const first = run(['up'])
  await untilRows(atGate, 1)
  const second = run(['up'])
  await second.line(line => line.msg === 'waiting for another migration runner to finish')
  await open()
  assert.deepEqual([await first.code(), await second.code()], [0, 0])
  assert.deepEqual(first.lines.at(-1)?.migrations, [a])
  assert.equal(second.lines.at(-1)?.reason, 'up to date')
  assert.deepEqual(await query('select id from runs where id = 1'), [{ id: 1 }])
})

test('two runners at once: `create index concurrently`, which waits for every other transaction, does not deadlock', async t => {
  const { run, query, open, untilRows } = await setUpGate(t, {
    [a]: '-- migrate:no-transaction\ncreate index concurrently big_id on big (id);',
  })
  const first = run(['up'])
  await untilRows(atGate, 1)
  const second = run(['up'])
  await second.line(line => line.msg === 'waiting for another migration runner to finish')
  await open()
  assert.deepEqual([await first.code(), await second.code()], [0, 0])
  assert.deepEqual(await query(`select indisvalid from pg_index where indexrelid = 'big_id'::regclass`), [
    { indisvalid: true },
  ])
})

test('four runners that start together apply each migration once', async t => {
  const { run, query } = await setUpMigrations(t, {
    [a]: 'create table runs (name text);',
    [b]: `insert into runs values ('b');`,
  })
  const codes = await Promise.all([1, 2, 3, 4].map(() => run(['up']).code()))
  assert.deepEqual(codes, [0, 0, 0, 0])
  assert.deepEqual(await query('select name from runs'), [{ name: 'b' }])
})

test('a runner that is killed leaves neither its lock nor half a migration, even while the server is at work', async t => {
  const { run, query, open, untilRows } = await setUpGate(t)
  const killed = run(['up'])
  await untilRows(atGate, 1)
  killed.child.kill('SIGKILL')
  await untilRows(runners, 0)
  await open()
  assert.deepEqual(await query(`select id from runs where id = 1`), [])
  const next = run(['up'])
  assert.equal(await next.code(), 0)
  assert.deepEqual(next.lines.at(-1)?.migrations, [a])
})

test('SIGTERM ends it with 143, and nothing of the migration stays', async t => {
  const { run, query, open, untilRows } = await setUpGate(t)
  const stopped = run(['up'])
  await untilRows(atGate, 1)
  stopped.child.kill('SIGTERM')
  assert.equal(await stopped.code(), 143)
  await untilRows(runners, 0)
  await open()
  assert.deepEqual(await query(`select id from runs where id = 1`), [])
})

test('1: MIGRATE_LOCK_TIMEOUT_MS and MIGRATE_STATEMENT_TIMEOUT_MS end what takes too long', async t => {
  const { run } = await setUpGate(t)
  const locked = run(['up'], { MIGRATE_LOCK_TIMEOUT_MS: '50' })
  assert.equal(await locked.code(), 1)
  assert.match(String(locked.lines.at(-1)?.reason), /due to lock timeout/)
  const slow = run(['up'], { MIGRATE_STATEMENT_TIMEOUT_MS: '50' })
  assert.equal(await slow.code(), 1)
  assert.match(String(slow.lines.at(-1)?.reason), /due to statement timeout/)
})
