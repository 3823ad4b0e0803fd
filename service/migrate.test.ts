import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { setUpMigrations } from './testing/migrate-process.ts'

const a = '20261120100000_a'
const b = '20261120100001_b'

test('it waits for a database that comes later, and says for which', async t => {
  const { run, url } = await setUpMigrations(t, { [a]: 'select 1;' })
  const real = new URL(url)
  const proxy = createServer(socket => {
    const server = connect(Number(real.port), real.hostname)
    socket.on('error', () => server.destroy()).pipe(server)
    server.on('error', () => socket.destroy()).pipe(socket)
  })
  const port = await listen(proxy, 0)
  proxy.close()
  await once(proxy, 'close')
  const later = new URL(url)
  later.host = `127.0.0.1:${port}`
  const early = run(['up'], { DATABASE_URL: later.href })
  const line = await early.line(line => String(line.msg).startsWith('waiting for the database'))
  assert.equal(line.msg, `waiting for the database 127.0.0.1:${port}${real.pathname}`)
  assert.equal(line.reason, `connect ECONNREFUSED 127.0.0.1:${port}`)
  await listen(proxy, port)
  t.after(() => proxy.close())
  assert.equal(await early.code(), 0)
})

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

test('3: the database, or the lock, was not free in time', async t => {
  const { run, query } = await setUpMigrations(t, { [a]: 'select 1;' })
  const env = { MIGRATE_WAIT_MS: '1' }
  const nobody = run(['up'], { ...env, DATABASE_URL: 'postgres://u:s3cr3t-p@127.0.0.1:1/shop' })
  assert.equal(await nobody.code(), 3)
  assert.match(
    String(nobody.lines.at(-1)?.reason),
    /waited 1 ms for the database 127\.0\.0\.1:1\/shop: connect ECONNREFUSED/,
  )
  await query('select pg_advisory_lock(7241865325823964)') // node-pg-migrate's own
  const locked = run(['up'], env)
  assert.equal(await locked.code(), 3)
  assert.match(String(locked.lines.at(-1)?.reason), /waited 1 ms for another migration runner/)
})

const incurable: [what: string, change: (url: URL) => void, reason: RegExp][] = [
  [
    'a wrong password',
    url => {
      url.password = 's3cr3t-wrong'
    },
    /^cannot use the database 127\..*: password authentication failed/,
  ],
  [
    'a missing database',
    url => {
      url.pathname = '/not_there'
    },
    /\/not_there: database "not_there" does not exist/,
  ],
  [
    'TLS where there is none',
    url => {
      url.searchParams.set('sslmode', 'require')
    },
    /the server does not support SSL/i,
  ],
]
for (const [what, change, reason] of incurable) {
  test(`1: ${what} fails at once, however long it may wait`, async t => {
    const { run, url } = await setUpMigrations(t, { [a]: 'select 1;' })
    const other = new URL(url)
    change(other)
    const failed = run(['up'], { DATABASE_URL: other.href, MIGRATE_WAIT_MS: '3600000' })
    assert.equal(await failed.code(), 1)
    assert.equal(failed.lines.length, 1)
    assert.match(String(failed.lines[0]?.reason), reason)
  })
}

test('1: a migration that fails is named, and the run may be repeated', async t => {
  const { run } = await setUpMigrations(t, { [a]: 'select 1;', [b]: 'select nonsense;' })
  const failed = run(['up'])
  assert.equal(await failed.code(), 1)
  assert.match(String(failed.lines.at(-1)?.reason), /^20261120100001_b\.up\.sql, line 1 failed: column "nonsense"/)
})

test('1: down in prod needs --yes', async t => {
  const { run } = await setUpMigrations(t, { [a]: 'select 1;' })
  assert.equal(await run(['up']).code(), 0)
  const refused = run(['down'], { ENVIRONMENT: 'prod' })
  assert.equal(await refused.code(), 1)
  assert.match(String(refused.lines.at(-1)?.reason), /repeat it with --yes/)
  const done = run(['down', '--yes'], { ENVIRONMENT: 'prod' })
  assert.equal(await done.code(), 0)
  assert.deepEqual(done.lines.at(-1)?.migrations, [a])
})

test('status is a table on standard output', async t => {
  const { run } = await setUpMigrations(t, { [a]: 'select 1;', [b]: 'select nonsense;' })
  await run(['up']).code()
  const status = run(['status'])
  assert.equal(await status.code(), 0)
  assert.match(status.stdout(), /^20261120100000_a {2}applied 20\d\d-.*Z\n20261120100001_b {2}pending\n$/)
})

test('2: wrong use; 1: every mistake of the environment', async t => {
  const { run } = await setUpMigrations(t, { [a]: 'select 1;' })
  const wrong = run(['upp'])
  assert.equal(await wrong.code(), 2)
  assert.equal(wrong.stderr(), 'expected: up | down [count] [--yes] | status\n')
  const mistaken = run(['up'], { DATABASE_URL: '', MIGRATE_WAIT_MS: 'x' })
  assert.equal(await mistaken.code(), 1)
  assert.match(mistaken.stderr(), /DATABASE_URL: .*\n {2}MIGRATE_WAIT_MS: expected a whole number/)
})
