import { randomBytes } from 'node:crypto'
import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { run } from '../exec.ts'
import type { DatabaseUser } from './database-user.ts'
import type { Binaries } from './postgres-binaries.ts'

// Inside the data folder, which only the database user may read, so that the two are never parted.
const passwordFile = 'superuser-password'

/**
 * Makes the data folder unless it is there, and returns the superuser's password. It is made under another name and
 * moved into place when complete: whoever interrupts it leaves nothing that looks like a data folder. The caller holds
 * the lock on the folder, so half-made ones beside it belong to nobody.
 */
export async function openDataFolder(
  dataDir: string,
  { binDir, major }: Binaries,
  { fsync, user, signal }: { fsync: boolean; user: DatabaseUser; signal?: AbortSignal | undefined },
): Promise<string> {
  await removeHalfMade(dataDir)
  if (await isEmpty(dataDir)) {
    const half = await mkdtemp(`${dataDir}.new-`)
    try {
      if (user) await chown(half, user.uid, user.gid)
      await initialise(half, binDir, { fsync, user, signal })
      await rename(half, dataDir)
    } catch (error) {
      await rm(half, { recursive: true, force: true, maxRetries: 5 })
      throw error
    }
  }
  await checkVersion(dataDir, major)
  return readPassword(dataDir)
}

async function isEmpty(dataDir: string): Promise<boolean> {
  try {
    return (await readdir(dataDir)).length === 0
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return true
    throw new Error(
      `${dataDir} cannot be read by this user (${code}); start as its owner, or move it away to begin anew`,
      { cause: error },
    )
  }
}

async function removeHalfMade(dataDir: string): Promise<void> {
  const folder = dirname(dataDir)
  for (const entry of await readdir(folder)) {
    // Retried, because an initdb that outlived its launcher may still be writing there.
    if (entry.startsWith(`${basename(dataDir)}.new-`))
      await rm(join(folder, entry), { recursive: true, force: true, maxRetries: 10 })
  }
}

async function initialise(
  dataDir: string,
  binDir: string,
  { fsync, user, signal }: { fsync: boolean; user: DatabaseUser; signal?: AbortSignal | undefined },
): Promise<void> {
  const password = randomBytes(18).toString('base64url')
  const file = `${dataDir}-password`
  try {
    await writeFile(file, password, { mode: 0o600, flag: 'wx' })
    if (user) await chown(file, user.uid, user.gid)
    const options = [
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${file}`,
      '--encoding=UTF8',
      '--no-locale',
    ]
    if (!fsync) options.push('--no-sync')
    const { code, stdout, stderr } = await run(join(binDir, 'initdb'), [`--pgdata=${dataDir}`, ...options], {
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      ...user,
      ...(signal && { signal }),
    })
    signal?.throwIfAborted()
    if (code !== 0) throw new Error(`initdb could not make ${dataDir}, exit code ${code}:\n${stderr || stdout}`)
    await rename(file, join(dataDir, passwordFile))
  } finally {
    await rm(file, { force: true })
  }
}

async function checkVersion(dataDir: string, major: number): Promise<void> {
  const version = (await readInside(dataDir, 'PG_VERSION')).trim()
  if (version === String(major)) return
  throw new Error(
    `the data in ${dataDir} is of PostgreSQL ${version}, and this server is ${major}: move that folder away to begin with an empty database, or dump and restore it with a server of ${version}; nothing was changed`,
  )
}

const readPassword = (dataDir: string) => readInside(dataDir, passwordFile)

async function readInside(dataDir: string, file: string): Promise<string> {
  try {
    return await readFile(join(dataDir, file), 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read by this user'
    throw new Error(
      `${dataDir} is not a data folder we can use: ${file} ${reason}; move that folder away to begin with an empty database`,
      {
        cause: error,
      },
    )
  }
}
