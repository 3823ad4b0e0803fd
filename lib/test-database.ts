import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { createLog } from './log.ts'
import { migrateUp } from './migration-runner.ts'
import { loadMigrations } from './migrations.ts'
import { parsePostgresUrl, toPg } from './postgres-url.ts'

/** A TestContext, or `{ after }` of node:test for a database that a whole file shares. */
type Owner = { after(remove: () => Promise<void>): void }

/**
 * A database of one's own on the server of TEST_DATABASE_URL, dropped when its owner ends; with the tables of
 * migrations/ unless `migrated` is false. Resolves to its URL.
 */
export async function testDatabase(owner: Owner, { migrated = true }: { migrated?: boolean } = {}): Promise<string> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) throw new Error('TEST_DATABASE_URL is not set; run this file through: npm test -- <path>')
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`
  await onServer(server, async admin => {
    const template = migrated ? await makeTemplate(server, admin) : 'template0'
    await createFrom(template, name, admin)
  })
  owner.after(() =>
    onServer(server, async admin => void (await admin.query(`drop database if exists "${name}" with (force)`))),
  )
  return withDatabase(server, name)
}

const folder = fileURLToPath(new URL('../migrations/', import.meta.url))

/** Made once per server and content of migrations/, by whichever test file comes first. */
async function makeTemplate(server: string, admin: Client): Promise<string> {
  const migrations = await loadMigrations(folder)
  const contents = createHash('sha256').update(JSON.stringify(migrations)).digest('hex')
  const name = `template_${contents.slice(0, 16)}`
  await admin.query(`select pg_advisory_lock(hashtext('${name}'))`) // its end is the end of the session
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
  if (rowCount === 1) return name
  // Renamed when it is complete, so that a run that was killed leaves no half of one under the final name.
  const draft = `${name}_draft`
  await admin.query(`drop database if exists "${draft}" with (force)`)
  await createFrom('template0', draft, admin)
  await migrateAll(withDatabase(server, draft))
  await admin.query(`alter database "${draft}" rename to "${name}"`)
  return name
}

async function migrateAll(url: string): Promise<void> {
  const outcome = await migrateUp({
    address: parsePostgresUrl(url),
    applicationName: 'test-template',
    folder,
    waitMs: 20_000,
    lockTimeoutMs: 0,
    statementTimeoutMs: 0,
    log: createLog({ name: 'test-template', level: 'silent' }).log,
  })
  if (outcome.kind === 'refused') throw new Error(`the template of the test databases: ${outcome.reason}`)
}

async function createFrom(template: string, name: string, admin: Client): Promise<void> {
  for (let triesLeft = 100; ; triesLeft--) {
    try {
      await admin.query(`create database "${name}" template "${template}"`)
      return
    } catch (error) {
      // 55006: somebody, such as autovacuum, is connected to the template for a moment.
      if (triesLeft === 0 || !(error instanceof Error && 'code' in error && error.code === '55006')) throw error
      await sleep(20 + Math.random() * 80)
    }
  }
}

async function onServer(url: string, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client(toPg(parsePostgresUrl(url)))
  admin.on('error', () => {}) // the next query reports it
  try {
    await admin.connect()
    await work(admin)
  } finally {
    await admin.end()
  }
}

const withDatabase = (url: string, name: string) => url.replace(/^([^:]+:\/\/[^/?]*)(?:\/[^?]*)?/, `$1/${name}`)
