import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { loadMigrations, writeLock } from '../../lib/migrations.ts'
import { parsePostgresUrl, toPg } from '../../lib/postgres-url.ts'
import { testDatabase } from '../../lib/test-database.ts'
import { runProcess } from './process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A copy of the program beside migrations of our own, by name the text of each up file, and an empty database. */
export async function setUpMigrations(t: TestContext, ups: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'migrate-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const part of ['lib', 'service', 'package.json'])
    await cp(join(root, part), join(folder, part), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const migrations = join(folder, 'migrations')
  await mkdir(migrations)
  for (const [name, up] of Object.entries(ups)) {
    await writeFile(join(migrations, `${name}.up.sql`), up)
    await writeFile(join(migrations, `${name}.down.sql`), 'select 1;')
  }
  await writeLock(migrations, await loadMigrations(migrations))

  const url = await testDatabase(t, { migrated: false })
  const connect = async () => {
    const client = new Client(toPg(parsePostgresUrl(url)))
    client.on('error', () => {}) // dropping the database ends it
    await client.connect()
    t.after(() => client.end())
    return async (sql: string) => (await client.query(sql)).rows
  }
  const query = await connect()
  const program = join(folder, 'service/migrate.ts')
  const run = (args: string[], env: Record<string, string> = {}) => {
    const started = runProcess(t, { DATABASE_URL: url, MIGRATE_LOCK_TIMEOUT_MS: '0', ...env }, [program, ...args])
    let stdout = ''
    started.child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk
    })
    return { ...started, stdout: () => stdout, code: async () => (await started.exited).code }
  }

  return { url, connect, query, run, untilRows: (sql: string, count: number) => untilRows(query, sql, count) }
}

/** Asks until the answer has `count` rows; gives up, as a failure, long after it should have. */
async function untilRows(query: (sql: string) => Promise<unknown[]>, sql: string, count: number): Promise<void> {
  const deadline = performance.now() + 30_000
  while ((await query(sql)).length !== count) {
    if (performance.now() > deadline) throw new Error(`never had ${count} rows: ${sql}`)
    await sleep(20)
  }
}
