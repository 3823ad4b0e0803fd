import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canEnter, databaseUser } from './database-user.ts'
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts'

/** A server for tests: fast, and its data, in a temporary folder, goes when it stops. */
export async function temporaryPostgres(options: Omit<PostgresOptions, 'dataDir' | 'fsync'> = {}): Promise<Postgres> {
  const folder = await mkdtemp(join(await openTemporaryFolder(), 'postgres-'))
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
  try {
    await chmod(folder, 0o711) // the database user passes through
    const settings = { max_connections: '200', ...options.settings }
    const postgres = await startPostgres({ ...options, settings, dataDir: join(folder, 'data'), fsync: false })
    return {
      ...postgres,
      stop: async () => {
        await postgres.stop('now')
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

// TMPDIR may lie in root's home, closed to the database user.
async function openTemporaryFolder(): Promise<string> {
  const user = databaseUser('/nonexistent')
  for (const folder of [tmpdir(), '/tmp', '/var/tmp']) if (await canEnter(folder, user)) return folder
  throw new Error(`the database user (uid ${user?.uid}) can enter none of ${tmpdir()}, /tmp, /var/tmp; set TMPDIR`)
}
