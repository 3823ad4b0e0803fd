import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { loadMigrations } from './migrations.ts'
import { parsePostgresUrl, toPg } from './postgres-url.ts'
import { testDatabase } from './test-database.ts'

async function query(url: string, sql: string, values: unknown[] = []) {
  const client = new Client(toPg(parsePostgresUrl(url)))
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}

const ownTables = `select tablename from pg_tables where schemaname = 'public' order by 1`

/** Collects what testDatabase registers, to run it within the test. */
function createOwner() {
  const removals: (() => Promise<void>)[] = []
  return {
    after: (remove: () => Promise<void>) => void removals.push(remove),
    end: () => Promise.all(removals.map(run => run())),
  }
}

const shared = await testDatabase({ after })

test('a database has the migrations, and its table of them, unless asked not to', async t => {
  assert.ok((await query(shared, ownTables)).some(row => row.tablename === 'migrations'))
  const names = (await loadMigrations(fileURLToPath(new URL('../migrations', import.meta.url)))).map(({ name }) => ({
    name,
  }))
  assert.deepEqual(await query(shared, 'select name from migrations order by name'), names)
  assert.deepEqual(await query(await testDatabase(t, { migrated: false }), ownTables), [])
})

test('many at once are apart from each other, and gone after their owner, even with a connection open', async () => {
  const owner = createOwner()
  const urls = await Promise.all(Array.from({ length: 8 }, () => testDatabase(owner)))
  assert.equal(new Set(urls).size, 8)
  await Promise.all(urls.map((url, index) => query(url, `create table only_${index} ()`)))
  const [{ count } = { count: '' }] = await query(
    urls[3] ?? '',
    `select count(*) from pg_tables where tablename like 'only%'`,
  )
  assert.equal(count, '1')
  const left = new Client(toPg(parsePostgresUrl(urls[0] ?? '')))
  const lost = new Promise(resolve => left.on('error', resolve))
  await left.connect()
  await owner.end()
  await lost
  const names = urls.map(url => parsePostgresUrl(url).database)
  assert.deepEqual(await query(shared, 'select datname from pg_database where datname = any($1)', [names]), [])
})

test('without TEST_DATABASE_URL a sentence says how to run the test', async t => {
  const { TEST_DATABASE_URL: url } = process.env
  delete process.env.TEST_DATABASE_URL
  try {
    await assert.rejects(testDatabase(t), /TEST_DATABASE_URL is not set; run this file through: npm test -- <path>/)
  } finally {
    process.env.TEST_DATABASE_URL = url
  }
})
