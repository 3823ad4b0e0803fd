import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import postgres from 'postgres'
import { createCheckout, createRealCheckout } from './testing/checkout.ts'
import { environmentOf, launch, nobodyLeft, open, ready, stop } from './testing/launcher.ts'

const PORT = '0'

test('the real service answers, ready, on a database with its migrations', async () => {
  await using checkout = await createRealCheckout()
  await using launched = launch(checkout.path, ['start'], { PORT: '0' })
  await launched.says(ready)
  const [, address] = await launched.says(open)
  assert.equal(await (await fetch(`${address}/`)).text(), 'hello world')
  assert.equal((await fetch(`${address}/readyz`)).status, 200)
  const url = await readFile(join(checkout.path, '.local/database-url'), 'utf8')
  const sql = postgres(url.trim(), { max: 1 })
  const applied = await sql`select from migrations`
  await sql.end()
  const { length } = (await readdir(join(checkout.path, 'migrations'))).filter(file => file.endsWith('.up.sql'))
  assert.equal(applied.count, length)
  assert.equal(await stop(launched), 0)
  assert.ok(!launched.output().includes(new URL(url).password))
  await nobodyLeft(checkout.path)
})

test('it starts a database, applies the migrations, starts the service, stops all of it, and keeps the data', async () => {
  await using checkout = await createCheckout({ 'service/migrate.ts': createTable })
  await using launched = launch(checkout.path, ['start'], { PORT })
  const env = await environmentOf(launched)
  await launched.says(ready)

  assert.equal(new URL(env.DATABASE_URL ?? '').pathname, '/hello-world')
  assert.deepEqual(
    [env.HOST, env.SHUTDOWN_GRACE_MS, env.FLAGD_RESOLVER, env.FLAGD_OFFLINE_FLAG_SOURCE_PATH],
    ['127.0.0.1', '0', 'in-process', join(checkout.path, 'flags/flags.json')],
  )
  const urlFile = join(checkout.path, '.local/database-url')
  assert.equal(await readFile(urlFile, 'utf8'), `${env.DATABASE_URL}\n`)
  assert.equal((await stat(urlFile)).mode & 0o777, 0o600)
  assert.ok(launched.output().includes('psql "$(cat .local/database-url)"'))
  assert.ok(!launched.output().includes(new URL(env.DATABASE_URL ?? '').password))

  assert.equal(await stop(launched), 0)
  assert.match(launched.output(), /^service got SIGTERM, signal 1$/m)
  await nobodyLeft(checkout.path)
  assert.deepEqual((await readdir(join(checkout.path, '.local'))).sort(), ['postgres', 'postgres.log'])
  assert.match(await readFile(join(checkout.path, '.local/postgres.log'), 'utf8'), /database system is shut down\n$/)

  await using second = launch(checkout.path, ['start'], { PORT })
  const sql = postgres((await environmentOf(second)).DATABASE_URL ?? '', { max: 1 })
  const rows = await sql`select current_setting('fsync') as fsync from runs`
  await sql.end()
  assert.deepEqual([...rows], [{ fsync: 'on' }, { fsync: 'on' }]) // a row by the migrations of each start
  assert.equal(await stop(second, 'SIGTERM'), 0)
})

// Adds a row at each run.
const createTable = `
import postgres from 'postgres'
const sql = postgres(process.env.DATABASE_URL, { onnotice() {} })
await sql\`create table if not exists runs (number int generated always as identity, at timestamptz default now())\`
await sql\`insert into runs default values\`
await sql.end()
if (process.argv[2] !== 'up') throw new Error('run with ' + process.argv[2])
`

for (const [what, args, env] of [
  ['--no-database', ['--no-database'], {}],
  ['another environment', [], { ENVIRONMENT: 'preview' }],
  ['a configured database', [], { DATABASE_URL: 'postgres://a:s3cr3t-start@127.0.0.1:1/a' }],
  ['a configured database in a file', [], { DATABASE_URL_FILE: '/no/such/file' }],
] as const) {
  test(`${what}: no database is started`, async () => {
    await using checkout = await createCheckout({ 'service/migrate.ts': 'throw new Error("migrations ran")' })
    await using launched = launch(checkout.path, ['start', ...args], { PORT, ...env })
    const given = await environmentOf(launched)
    assert.equal(given.DATABASE_URL, 'DATABASE_URL' in env ? env.DATABASE_URL : undefined)
    assert.ok(!launched.output().includes('database'), launched.output())
    assert.ok(!(await readdir(checkout.path)).includes('.local'))
    assert.equal(await stop(launched), 0)
  })
}
