import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { parsePostgresUrl } from '../lib/postgres-url.ts'
import { testDatabase } from '../lib/test-database.ts'
import { connect } from './database.ts'

/** Long enough that only the end of the test could be mistaken for it. */
const LONG_MS = 600_000

/** A pool whose connections pass through the test, which can end all of them at once, as a server that is killed does. */
async function start(t: TestContext) {
  const address = parsePostgresUrl(await testDatabase(t, { migrated: false }))
  const sockets = new Set<Socket>()
  const between = createServer(client => {
    const server = dial(address.port, address.host)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {}).on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  between.listen(0, '127.0.0.1')
  await once(between, 'listening')
  const { port } = between.address() as AddressInfo // listening on TCP
  const kill = () => {
    between.close()
    for (const socket of sockets) socket.destroy()
  }
  t.after(kill)
  const database = connect(
    { ...address, host: '127.0.0.1', port },
    { poolSize: 2, timeoutMs: LONG_MS, applicationName: 'database-test' },
  )
  return { database, kill, address }
}

test('a connection that was lost during a query does not hold up the end', { timeout: 60_000 }, async t => {
  const { database, kill } = await start(t)
  await database.run('SELECT', sql => sql`select 1`)
  const lost = assert.rejects(
    database.run('SELECT', sql => sql`select pg_sleep(600)`),
    { name: 'DatabaseUnavailable' },
  )
  await new Promise(setImmediate)
  kill()
  await lost
  await database.end(LONG_MS)
})

test('a query that runs is waited for, and no other begins after it', { timeout: 60_000 }, async t => {
  const { database } = await start(t)
  const events: string[] = []
  await database.run('SELECT', sql => sql`select 1`)
  const query = database.run('SELECT', sql => sql`select pg_sleep(0.3)`).then(() => events.push('answered'))
  const ended = database.end(LONG_MS).then(() => events.push('ended'))
  await assert.rejects(
    database.run('SELECT', sql => sql`select 1`),
    { name: 'DatabaseUnavailable' },
  )
  await Promise.all([query, ended])
  assert.deepEqual(events, ['answered', 'ended'])
})

test('a query that outlasts the time is cut, and its caller is told', { timeout: 60_000 }, async t => {
  const { database } = await start(t)
  const cut = assert.rejects(
    database.run('SELECT', sql => sql`select pg_sleep(600)`),
    { name: 'DatabaseUnavailable' },
  )
  await database.end(50)
  await cut
})
