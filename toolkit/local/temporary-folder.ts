import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canEnter, databaseUser } from './database-user.ts'

/** A new folder that the database user can pass through; removed, with all that is in it, when disposed of. */
export async function temporaryFolder(prefix: string): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(await openFolder(), prefix))
  await chmod(path, 0o711)
  // Retried, because a process that was just told to end may still be writing there.
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10 }) }
}

// TMPDIR may lie in root's home, closed to the database user.
async function openFolder(): Promise<string> {
  const user = databaseUser('/nonexistent')
  for (const folder of [tmpdir(), '/tmp', '/var/tmp']) if (await canEnter(folder, user)) return folder
  throw new Error(`the database user (uid ${user?.uid}) can enter none of ${tmpdir()}, /tmp, /var/tmp; set TMPDIR`)
}
