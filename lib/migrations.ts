import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'

/** Where Postgres keeps the names of applied migrations; node-pg-migrate's, columns id, name and run_on. */
export const MIGRATIONS_TABLE = 'migrations'

const LOCK_FILE = 'migrations.lock.json'

/** Its message says all there is to say: programs print it without a stack. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

/** One pair of files; `name` is what they share: `20261120101500_create_orders`. */
export type Migration = { name: string; up: string; down: string; checksums: Checksums }

/** SHA-256 of the two texts in hexadecimal. */
type Checksums = { up: string; down: string }

/** The committed lock file, oldest migration first. */
export type MigrationLock = Record<string, Checksums>

/** Undefined where there are no migrations. */
export const newestMigration = (lock: MigrationLock): string | undefined => Object.keys(lock).sort().at(-1)

/** Every pair of a folder, oldest first. Throws where a name or a pair is wrong, since a file left out is never run. */
export async function loadMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.sql')).sort()
  const names = [...new Set(files.map(nameOf))]
  const twins = names.find((name, index) => names[index + 1]?.startsWith(name.slice(0, 15)))
  if (twins !== undefined) {
    throw new MigrationError(
      `migrations: two have the timestamp ${twins.slice(0, 14)}, so their order is open; rename one pair`,
    )
  }
  return Promise.all(names.map(name => loadPair(folder, files, name)))
}

function nameOf(file: string): string {
  const name = /^(\d{14}_[a-z0-9_]+)\.(?:up|down)\.sql$/.exec(file)?.[1]
  if (name !== undefined) return name
  throw new MigrationError(
    `migrations/${file}: expected <UTC timestamp>_<what>.up.sql or .down.sql, such as 20261120101500_create_orders.up.sql; use ./fairlead migrate create`,
  )
}

async function loadPair(folder: string, files: string[], name: string): Promise<Migration> {
  for (const file of [`${name}.up.sql`, `${name}.down.sql`]) {
    if (!files.includes(file))
      throw new MigrationError(`migrations/${file} is missing; a migration is a pair of .up.sql and .down.sql`)
  }
  const [up, down] = await Promise.all([load(join(folder, `${name}.up.sql`)), load(join(folder, `${name}.down.sql`))])
  return { name, up, down, checksums: { up: sha256(up), down: sha256(down) } }
}

// A checkout with Windows line ends is the same migration.
const load = async (path: string) => (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** What the lock file and the folder disagree about, a sentence each; none when they agree. */
export async function lockMistakes(folder: string, migrations: readonly Migration[]): Promise<string[]> {
  const lock = await readLock(folder)
  const missing = Object.keys(lock).filter(name => !migrations.some(migration => migration.name === name))
  return [
    ...missing.map(
      name => `${name} is in ${LOCK_FILE}, but its files are gone; restore them, or, if no database ran it, ${relock}`,
    ),
    ...migrations.flatMap(({ name, checksums }) => {
      const locked = lock[name]
      if (locked === undefined) return [`${name} is not in ${LOCK_FILE}; ${relock}`]
      const edited = (['up', 'down'] as const).filter(direction => locked[direction] !== checksums[direction])
      return edited.map(
        direction => `${name}.${direction}.sql was edited after ${LOCK_FILE} recorded it; ${restore}, ${relock}`,
      )
    }),
  ]
}

const relock = 'run ./fairlead migrate lock'
const restore = 'restore it and write a new migration (./fairlead migrate create), or, if no other database ran it,'

/** Records the folder as it is and returns the names whose entry changed. */
export async function writeLock(folder: string, migrations: readonly Migration[]): Promise<string[]> {
  const before = await readLock(folder).catch(() => ({}) as MigrationLock) // broken or absent: it is written anew
  const after: MigrationLock = Object.fromEntries(migrations.map(({ name, checksums }) => [name, checksums]))
  await writeFile(join(folder, LOCK_FILE), `${JSON.stringify(after, null, 2)}\n`)
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort()
}

const Lock = v.record(v.string(), v.object({ up: v.string(), down: v.string() }))

async function readLock(folder: string): Promise<MigrationLock> {
  try {
    return v.parse(Lock, JSON.parse(await readFile(join(folder, LOCK_FILE), 'utf8')))
  } catch (cause) {
    throw new MigrationError(
      `migrations/${LOCK_FILE} is missing or broken (a merge conflict?); ${relock} and look at what changed`,
      { cause },
    )
  }
}
