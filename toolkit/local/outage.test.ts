import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { run, start } from '../exec.ts'
import { freePort } from './port.ts'
import { startPostgres } from './postgres.ts'

const root = join(import.meta.dirname, '../..')

test('Postgres killed and restarted under load: 503 only while it is gone, and the same process recovers', async t => {
  const dataDir = join(await folder(t), 'data')
  const port = await freePort()
  let postgres = await startPostgres({ dataDir, port, fsync: true })
  t.after(() => postgres.stop('now'))
  const service = await startService(t, postgres.url)
  const load = await startLoad(t, `${service.url}/readyz`)

  await load.seen(200, 200)
  assert.deepEqual([...load.statuses.keys()], [200])

  process.kill(postgres.pid, 'SIGKILL')
  await postgres.exited
  await load.seen(503, 50)
  postgres = await startPostgres({ dataDir, port, fsync: true })
  await load.seenInARow(200, 500)
  assert.deepEqual([...load.statuses.keys()].sort(), [200, 503])
  assert.equal((await fetch(service.url)).status, 200)
  assert.equal(service.hasEnded(), false)
})

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp('/var/tmp/outage-') // open to the database user, unlike some TMPDIR
  await chmod(path, 0o711)
  t.after(() => rm(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}

/** The real service on a migrated database; READINESS_DATABASE=fail makes each readiness answer one query with a verdict. */
async function startService(t: TestContext, databaseUrl: string) {
  const port = await freePort()
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    DATABASE_TIMEOUT_MS: '2000',
    READINESS_DATABASE: 'fail',
    HOST: '127.0.0.1',
    PORT: String(port),
    SHUTDOWN_GRACE_MS: '0',
  }
  const migrated = await run(process.execPath, ['service/migrate.ts', 'up'], { cwd: root, env })
  assert.equal(migrated.code, 0, migrated.stdout + migrated.stderr)
  const listening = Promise.withResolvers<void>()
  const output = (line: string) => {
    if (line.includes('"msg":"listening"')) listening.resolve()
  }
  const service = await start(process.execPath, ['service/main.ts'], { cwd: root, env, output })
  let ended = false
  const exited = service.exited.then(() => {
    ended = true
    listening.reject(new Error('the service ended'))
  })
  t.after(async () => {
    service.kill('SIGKILL')
    await exited
  })
  await listening.promise
  return { url: `http://127.0.0.1:${port}`, hasEnded: () => ended }
}

/** Eight clients that ask again and again; a connection that fails is a failed test. */
async function startLoad(t: TestContext, url: string) {
  const statuses = new Map<number, number>()
  const waiting = new Set<() => void>()
  let row = { status: 0, length: 0 }
  let going = true
  const client = async () => {
    while (going) {
      const answer = await fetch(url)
      await answer.arrayBuffer()
      row = { status: answer.status, length: row.status === answer.status ? row.length + 1 : 1 }
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      for (const look of waiting) look()
    }
  }
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {}) // raced below, where it counts
  const clients = Promise.all(Array.from({ length: 8 }, client)).catch(failed.reject)
  t.after(async () => {
    going = false
    await clients
  })
  const until = (isTrue: () => boolean) =>
    Promise.race([
      failed.promise,
      new Promise<void>(resolve => {
        const look = () => {
          if (isTrue() && waiting.delete(look)) resolve()
        }
        waiting.add(look)
      }),
    ])
  return {
    statuses,
    seen: (status: number, times: number) => until(() => (statuses.get(status) ?? 0) >= times),
    seenInARow: (status: number, times: number) => until(() => row.status === status && row.length >= times),
  }
}
