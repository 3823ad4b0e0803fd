import { join } from 'node:path'
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A server for tests: fast, and its data, in a temporary folder, goes when it stops. */
export async function temporaryPostgres(options: Omit<PostgresOptions, 'dataDir' | 'fsync'> = {}): Promise<Postgres> {
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(await temporaryFolder('postgres-'))
  const settings = { max_connections: '200', ...options.settings }
  const postgres = await startPostgres({ ...options, settings, dataDir: join(folder.path, 'data'), fsync: false })
  cleanup.defer(() => postgres.stop('now'))
  const owned = cleanup.move() // all went well: what was gathered is now for the caller to end
  return { ...postgres, stop: () => owned.disposeAsync() }
}
