import { MIGRATIONS_TABLE, newestMigration } from '../lib/migrations.ts'
import lock from '../migrations/migrations.lock.json' with { type: 'json' }
import { type Database, DatabaseUnavailable, type Sql } from './database.ts'

export type SchemaState = { status: 'ok' } | { status: 'unreachable' } | { status: 'older'; missing: string }

/** Asks the database, once for all probes that arrive meanwhile, whether it answers and has the newest migration we know. */
export function createSchemaCheck(database: Database, newest = newestMigration(lock)): () => Promise<SchemaState> {
  let asking: Promise<SchemaState> | undefined
  return () => {
    asking ??= check(database, newest).finally(() => {
      asking = undefined
    })
    return asking
  }
}

/** A newer schema still holds the row of ours, so it passes: migrations stay compatible with the version before. */
async function check(database: Database, newest: string | undefined): Promise<SchemaState> {
  try {
    if (newest === undefined) {
      await database.run('SELECT', sql => sql`select 1`)
      return { status: 'ok' }
    }
    const rows = await database.run(
      'SELECT migrations',
      (sql: Sql) => sql`select 1 from ${sql(MIGRATIONS_TABLE)} where name = ${newest}`,
    )
    return rows.length > 0 ? { status: 'ok' } : { status: 'older', missing: newest }
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return { status: 'unreachable' }
    if (isMissingTable(error)) return { status: 'older', missing: newest ?? '' }
    throw error
  }
}

/** SQLSTATE 42P01, undefined_table: no migration ever ran here. */
const isMissingTable = (error: unknown) => error instanceof Error && 'code' in error && error.code === '42P01'
