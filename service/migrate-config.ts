import * as v from 'valibot'
import { EnvError, integer, readEnv, text } from '../lib/env.ts'
import { parsePostgresUrl } from '../lib/postgres-url.ts'
import { variables } from './config.ts'

const HOUR = 3_600_000

/** What service/migrate.ts reads; the first four are the service's. */
export const migrateVariables = {
  ENVIRONMENT: variables.ENVIRONMENT,
  LOG_LEVEL: variables.LOG_LEVEL,
  DATABASE_URL: v.pipe(v.string('required'), text(4096)),
  DATABASE_CA_FILE: variables.DATABASE_CA_FILE,
  MIGRATE_WAIT_MS: v.optional(integer(0, HOUR), '60000'),
  MIGRATE_LOCK_TIMEOUT_MS: v.optional(integer(0, HOUR), '5000'), // 0: none
  MIGRATE_STATEMENT_TIMEOUT_MS: v.optional(integer(0, 24 * HOUR), '60000'), // 0: none
}

export type MigrateConfig = ReturnType<typeof loadMigrateConfig>

/** Throws one EnvError that lists every mistake. */
export function loadMigrateConfig(env: NodeJS.ProcessEnv) {
  const { values, mistakes } = readEnv(migrateVariables, env, ['DATABASE_URL'])
  const { DATABASE_URL, DATABASE_CA_FILE } = values
  try {
    const address = DATABASE_URL === undefined ? undefined : parsePostgresUrl(DATABASE_URL, DATABASE_CA_FILE)
    if (mistakes.length === 0 && address) return { ...(values as Required<typeof values>), address } // every value is there
  } catch (error) {
    mistakes.push(`DATABASE_URL: ${error instanceof Error ? error.message : error}`)
  }
  throw new EnvError(mistakes)
}
