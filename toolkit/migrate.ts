import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadMigrations, writeLock } from '../lib/migrations.ts'
import { nearest } from '../lib/nearest.ts'
import { run } from './exec.ts'
import { needsDatabase } from './local/env.ts'
import { hashOf } from './local/lock.ts'
import { createMigration } from './migration-create.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'

/** Whose migrations there are, and where; the service's unless --of says otherwise. */
const folders: Record<string, string> = {
  service: 'migrations',
  delivery: 'delivery/outbox/migrations',
}

export const migrate: Step = {
  name: 'migrate',
  summary: 'Apply, undo, list or create the migrations of the service.',
  help: `Usage: ./fairlead migrate up
       ./fairlead migrate down [count] [--yes]
       ./fairlead migrate status
       ./fairlead migrate create <what>
       ./fairlead migrate lock
       ./fairlead migrate create <what> --of delivery
       ./fairlead migrate lock --of delivery

  up              applies what is pending, oldest first, one transaction per file
  down [count]    undoes the newest one, or the newest <count>; for ENVIRONMENT=prod only with --yes
  status          lists every migration: applied (and when, UTC), pending, edited since, or unknown to this version
  create <what>   makes an empty pair in migrations/, such as create_orders, and records it in the lock file
  lock            records migrations/ as it is: after an edit of a migration that no other database ran yet
  --of delivery   does so in delivery/outbox/migrations/, for the ledger in Postgres. No command applies these:
                  the delivery plane does, whenever it starts; schema fairlead, list of them in fairlead.migrations

DATABASE_URL (or DATABASE_URL_FILE) says where; without it, the database of a running \`npm start\`. Also
DATABASE_CA_FILE, MIGRATE_WAIT_MS, MIGRATE_LOCK_TIMEOUT_MS and MIGRATE_STATEMENT_TIMEOUT_MS, see .env.example.
.env is read.

Exit codes: 0 done, or nothing to do (also where the database is ahead of this version); 1 failed or refused;
2 wrong use; 3 the database, or another runner's lock, was not free within MIGRATE_WAIT_MS, so try again.`,
  readsDotEnv: true,
  async run([word, ...rest], context) {
    if (word === 'create') return create(rest, context)
    if (word === 'lock') return lock(rest, context)
    if (word !== undefined && ['up', 'down', 'status'].includes(word)) return runService([word, ...rest], context)
    const right = nearest(word ?? '', ['up', 'down', 'status', 'create', 'lock'])
    const hint = right ? `; did you mean ${right}?` : ': up, down, status, create or lock'
    throw new UsageError(
      word === undefined ? 'migrate what: up, down, status, create or lock?' : `there is no migrate ${word}${hint}`,
    )
  },
}

async function create(args: string[], { root, print }: Context): Promise<number> {
  const { words, folder, option } = readFolder(args)
  const [what, ...rest] = words
  if (what === undefined || rest.length > 0 || !/^[a-z][a-z0-9_]{0,99}$/.test(what)) {
    throw new UsageError('migrate create takes one name of lower case letters, digits and _, such as create_orders')
  }
  for (const file of await createMigration(join(root, folder), what, new Date())) print(`${folder}/${file}`)
  print(`Write both, then run ./fairlead migrate lock${option}.`)
  return 0
}

async function lock(args: string[], { root, print }: Context): Promise<number> {
  const { words, ...found } = readFolder(args)
  if (words.length > 0) throw new UsageError('migrate lock takes nothing else')
  const folder = join(root, found.folder)
  const changed = await writeLock(folder, await loadMigrations(folder))
  for (const name of changed) print(`recorded: ${name}`)
  print(
    changed.length === 0 ? 'nothing changed' : 'A database that already ran one of these refuses an edited .up.sql.',
  )
  return 0
}

/** `option` is how to say the same again. */
function readFolder(args: string[]): { words: string[]; folder: string; option: string } {
  const { values, positionals: words } = parseOptions(args, { of: { type: 'string' } }, { allowPositionals: true })
  const { of = 'service' } = values
  const folder = Object.hasOwn(folders, of) ? folders[of] : undefined
  if (folder === undefined) {
    throw new UsageError(`--of: expected ${Object.keys(folders).join(' or ')}, got ${JSON.stringify(of)}`)
  }
  return { words, folder, option: values.of === undefined ? '' : ` --of ${of}` }
}

async function runService(args: string[], context: Context): Promise<number> {
  const { root, env, signal } = context
  const { code } = await run(process.execPath, [join(root, 'service/migrate.ts'), ...args], {
    cwd: root,
    env: needsDatabase(env, { database: true }) ? { ...env, DATABASE_URL_FILE: await localUrlFile(root) } : env,
    output: 'inherit',
    signal,
  })
  return code
}

/** The file that a running `npm start` keeps; see local-folder.ts for its two places. */
async function localUrlFile(root: string): Promise<string> {
  const { name } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  for (const folder of [join(root, '.local'), `/var/tmp/${name}-${hashOf(root)}`]) {
    const file = join(folder, 'database-url')
    const found = await lstat(file).catch(() => undefined) // not there: npm start is not running, said below
    if (found?.isFile() && found.uid === process.getuid?.()) return file // anybody may write into /var/tmp
  }
  throw new Error('there is no database to migrate: set DATABASE_URL, or let `npm start` run in another terminal')
}
