import type { Client } from 'pg'
import { applyMigration, type Direction, type RunOptions } from './migration-apply.ts'
import { type Applied, type MigrationState, migrationStates, type Plan, planDown, planUp } from './migration-plan.ts'
import { openSession, type SessionOptions, takeLock } from './migration-session.ts'
import { loadMigrations, lockMistakes, MIGRATIONS_TABLE, MigrationError } from './migrations.ts'

export type MigrateOptions = SessionOptions & Omit<RunOptions, 'schema'> & { schema?: string }

export type Outcome = { kind: 'done'; names: string[] } | Exclude<Plan, { kind: 'run' }>

/** Applies what is pending, one transaction per file. Throws NotReady, or an Error that names the file that failed. */
export async function migrateUp(options: MigrateOptions): Promise<Outcome> {
  const migrations = await loadMigrations(options.folder)
  const mistakes = await lockMistakes(options.folder, migrations)
  if (mistakes.length > 0) return { kind: 'refused', reason: mistakes.join('; ') }
  return migrate('up', options, applied => planUp(migrations, applied))
}

/** Undoes the newest `count` migrations, newest first. */
export async function migrateDown(options: MigrateOptions, count: number): Promise<Outcome> {
  const migrations = await loadMigrations(options.folder)
  return migrate('down', options, applied => planDown(migrations, applied, count))
}

/** Reads only: changes nothing and takes no lock. */
export async function migrationStatus(options: MigrateOptions): Promise<MigrationState[]> {
  const migrations = await loadMigrations(options.folder)
  const client = await openSession(options)
  try {
    return migrationStates(migrations, await readApplied(client, tablesIn(options.schema)))
  } finally {
    await client.end()
  }
}

async function migrate(
  direction: Direction,
  options: MigrateOptions,
  planFor: (applied: Applied[]) => Plan,
): Promise<Outcome> {
  const tables = tablesIn(options.schema)
  const client = await openSession(options)
  try {
    await takeLock(client, options)
    const plan = planFor(await readApplied(client, tables))
    if (plan.kind !== 'run') return plan
    await createTables(client, tables).catch(error => {
      throw new MigrationError(
        `cannot make the tables of the migrations in schema ${tables.schema}: ${error.message}`,
        { cause: error },
      )
    })
    for (const migration of plan.migrations) {
      await applyMigration(direction, migration, client, {
        ...options,
        schema: tables.schema,
        checksums: tables.checksums,
      })
    }
    return { kind: 'done', names: plan.migrations.map(({ name }) => name) }
  } finally {
    await client.end()
  }
}

type Tables = ReturnType<typeof tablesIn>

function tablesIn(schema = 'public') {
  if (!/^[a-z_][a-z0-9_]*$/.test(schema))
    throw new Error(`schema: expected lower case letters, digits and _, got "${schema}"`)
  return {
    schema,
    names: `"${schema}"."${MIGRATIONS_TABLE}"`,
    checksums: `"${schema}"."${MIGRATIONS_TABLE}_checksums"`,
  }
}

// In a table of our own, because node-pg-migrate writes its rows itself. A name without a checksum was applied by
// something else and is trusted.
async function createTables(client: Client, { schema, checksums }: Tables): Promise<void> {
  // `create … if not exists` asks for the right to create even when there is nothing to do.
  const { rows } = await client.query('select from pg_namespace where nspname = $1', [schema])
  if (rows.length === 0) await client.query(`create schema "${schema}"`)
  if (await exists(client, checksums)) return
  await client.query(`create table ${checksums} (name text primary key, up_sha256 text not null)`)
}

async function readApplied(client: Client, { names, checksums }: Tables): Promise<Applied[]> {
  if (!(await exists(client, names))) return []
  const applied = await client.query<{ name: string; appliedAt: Date }>(
    `select name, run_on at time zone 'UTC' as "appliedAt" from ${names}`,
  )
  const known = (await exists(client, checksums))
    ? await client.query<{ name: string; checksum: string }>(`select name, up_sha256 as checksum from ${checksums}`)
    : { rows: [] }
  return applied.rows.map(row => ({ ...row, checksum: known.rows.find(({ name }) => name === row.name)?.checksum }))
}

async function exists(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query('select to_regclass($1) is not null as exists', [table])
  return rows[0]?.exists === true
}
