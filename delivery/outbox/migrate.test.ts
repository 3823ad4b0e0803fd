import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createLog } from '../../lib/log.ts'
import { migrateDown, migrationStatus } from '../../lib/migration-runner.ts'
import { loadMigrations, lockMistakes } from '../../lib/migrations.ts'
import { parsePostgresUrl } from '../../lib/postgres-url.ts'
import { testDatabase } from '../../lib/test-database.ts'
import { migrateLedger } from './migrate.ts'
import { createLedger, openLedger } from './testing/postgres.ts'

const folder = fileURLToPath(new URL('./migrations/', import.meta.url))
const { log } = createLog({ name: 'test', level: 'silent' })

test('the committed lock file agrees with the migrations of the ledger', async () => {
  assert.deepEqual(await lockMistakes(folder, await loadMigrations(folder)), [])
})

test('replicas that start together migrate once, beside the migrations of a service in the same database', async t => {
  const address = parsePostgresUrl(await testDatabase(t))
  const migrations = await loadMigrations(folder)
  const outcomes = await Promise.all([1, 2, 3].map(() => migrateLedger({ address, waitMs: 20_000, log })))
  assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['done', 'nothing', 'nothing'])
  const options = { address, folder, schema: 'fairlead', applicationName: 'test', waitMs: 20_000, log }
  const states = await migrationStatus({ ...options, lockTimeoutMs: 0, statementTimeoutMs: 0 })
  assert.deepEqual(
    states.map(({ name, state }) => [name, state]),
    migrations.map(({ name }) => [name, 'applied']),
  )
})

test('undone, the migrations leave nothing but their own lists', async t => {
  const { address, query } = await createLedger(t)
  const options = { address, folder, schema: 'fairlead', applicationName: 'test', waitMs: 20_000, log }
  await migrateDown({ ...options, lockTimeoutMs: 0, statementTimeoutMs: 0 }, 100)
  const left = await query(`select relname from pg_class where relnamespace = 'fairlead'::regnamespace
    and relkind = 'r' union all select proname from pg_proc where pronamespace = 'fairlead'::regnamespace order by 1`)
  assert.deepEqual(left, [{ relname: 'migrations' }, { relname: 'migrations_checksums' }])
})

test('a ledger that is not migrated yet is unavailable, and needs no restart when it is', async t => {
  const address = parsePostgresUrl(await testDatabase(t, { migrated: false }))
  const outbox = openLedger(t, { address })
  await assert.rejects(outbox.check(), { name: 'OutboxUnavailable' })
  await migrateLedger({ address, waitMs: 20_000, log })
  await outbox.check()
})
