import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Client } from 'pg'
import { createLog } from './log.ts'
import { migrationStatus } from './migration-runner.ts'
import { loadMigrations, writeLock } from './migrations.ts'
import { parsePostgresUrl, toPg } from './postgres-url.ts'
import { testDatabase } from './test-database.ts'

type Files = Record<string, { up: string; down?: string }>

/** A folder of migrations, recorded in its lock file, and an empty database to run them on. */
export async function setUpMigrations(t: TestContext, files: Files) {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  t.after(() => rm(folder, { recursive: true }))
  const write = async (files: Files) => {
    for (const [name, { up, down = 'select 1;' }] of Object.entries(files)) {
      await writeFile(join(folder, `${name}.up.sql`), up)
      await writeFile(join(folder, `${name}.down.sql`), down)
    }
    await writeLock(folder, await loadMigrations(folder))
  }
  const remove = async (name: string) => {
    for (const direction of ['up', 'down']) await rm(join(folder, `${name}.${direction}.sql`))
    await writeLock(folder, await loadMigrations(folder))
  }
  await write(files)
  const address = parsePostgresUrl(await testDatabase(t, { migrated: false }))
  const client = new Client(toPg(address))
  client.on('error', () => {}) // dropping the database ends it, should the test not have
  await client.connect()
  t.after(() => client.end())
  const options = {
    address,
    folder,
    applicationName: 'test',
    waitMs: 20_000,
    lockTimeoutMs: 20_000,
    statementTimeoutMs: 20_000,
    log: createLog({ name: 'test', level: 'silent' }).log,
  }
  const states = async () => (await migrationStatus(options)).map(({ name, state }) => `${name.slice(-1)} ${state}`)
  const query = async (sql: string) => (await client.query(sql)).rows
  return { folder, write, remove, options, client, states, query }
}
