import assert from 'node:assert/strict'
import { test } from 'node:test'
import postgres from 'postgres'
import { MIGRATIONS_TABLE } from '../lib/migrations.ts'
import { testDatabase } from '../lib/test-database.ts'
import { startService } from './testing/service.ts'

const ask = async (url: string, path: string) => {
  const answer = await fetch(url + path)
  return { status: answer.status, body: (await answer.json()) as { status: string; database: { status: string } } }
}
const nobodyListens = 'postgres://user:s3cr3t-nobody@127.0.0.1:1/none'

test('without a database the service is alive and ready', async t => {
  const { url } = await startService(t)
  assert.deepEqual(await ask(url, '/livez'), { status: 200, body: { status: 'alive' } })
  assert.deepEqual(await ask(url, '/readyz'), {
    status: 200,
    body: { status: 'ready', database: { status: 'not configured' } },
  })
})

test('a migrated database is ok', async t => {
  const { url } = await startService(t, { DATABASE_URL: await testDatabase(t) })
  assert.deepEqual(await ask(url, '/readyz'), { status: 200, body: { status: 'ready', database: { status: 'ok' } } })
})

test('a lost database degrades readiness and leaves liveness alone', async t => {
  const { url } = await startService(t, { DATABASE_URL: nobodyListens })
  assert.deepEqual(await ask(url, '/readyz'), {
    status: 200,
    body: { status: 'degraded', database: { status: 'unreachable' } },
  })
  assert.equal((await ask(url, '/livez')).status, 200)
})

test('a lost database takes the pod out when READINESS_DATABASE=fail', async t => {
  const { url } = await startService(t, { DATABASE_URL: nobodyListens, READINESS_DATABASE: 'fail' })
  assert.deepEqual(await ask(url, '/readyz'), {
    status: 503,
    body: { status: 'not ready', database: { status: 'unreachable' } },
  })
  assert.equal((await ask(url, '/livez')).status, 200)
})

test('a schema older than the code is refused, whatever the policy', async t => {
  const { url } = await startService(t, { DATABASE_URL: await testDatabase(t, { migrated: false }) })
  const answer = await ask(url, '/readyz')
  assert.equal(answer.status, 503)
  assert.equal(answer.body.status, 'not ready')
  assert.equal(answer.body.database.status, 'older')
})

test('a schema newer than the code is accepted', async t => {
  const address = await testDatabase(t)
  const sql = postgres(address)
  await sql`insert into ${sql(MIGRATIONS_TABLE)} (name, run_on) values ('29991231235959_later', now())`
  await sql.end()
  const { url } = await startService(t, { DATABASE_URL: address })
  assert.equal((await ask(url, '/readyz')).body.status, 'ready')
})
