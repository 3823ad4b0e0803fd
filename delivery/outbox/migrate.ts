import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Outcome } from '../../lib/migration-runner.ts'
import type { PostgresAddress } from '../../lib/postgres-url.ts'

/** The ledger's tables and the list of its applied migrations live here, apart from those of the service. */
const SCHEMA = 'fairlead'

export type MigrateLedgerOptions = {
  address: PostgresAddress
  /** How long to wait for the database, and then again for a replica that migrates at this moment. */
  waitMs: number
  log: Pick<Logger, 'info' | 'debug'>
  /** Where the files are; a bundle has them elsewhere. */
  folder?: string
}

/** Brings the ledger in Postgres up to date. Replicas that start together take turns; all but the first find nothing to do. */
export async function migrateLedger({ folder = ownFolder(), ...options }: MigrateLedgerOptions): Promise<Outcome> {
  const { migrateUp } = await import('../../lib/migration-runner.ts') // heavy, and not needed for SQLite
  return migrateUp({
    ...options,
    applicationName: 'fairlead-delivery-migrate',
    folder,
    schema: SCHEMA,
    lockTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
  })
}

const ownFolder = () => fileURLToPath(new URL('./migrations/', import.meta.url))
