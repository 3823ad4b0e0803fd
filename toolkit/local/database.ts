import { createWriteStream, type WriteStream } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { dataDirIn, localFolder } from './folder.ts'
import { type Postgres, startPostgres } from './postgres.ts'

export type LocalDatabase = Pick<Postgres, 'pid' | 'exited'> & {
  /** A secret. */
  url: string
  /** A file, for this user only, that holds the url while the server runs. */
  urlFile: string
  /** Orderly, or at once as soon as `hurry` is aborted. */
  stop(hurry: AbortSignal): Promise<void>
}

/** The database of `npm start`: a real server whose data stays, with the migrations applied. The caller holds the lock. */
export async function startLocalDatabase(name: string, fallback: string, context: Context): Promise<LocalDatabase> {
  const folder = await localFolder(context.root, fallback)
  const dataDir = dataDirIn(folder)
  context.print(`database: starting, data in ${dataDir}`)
  const log = await openLog(join(folder, 'postgres.log'), context)
  const postgres = await startPostgres({
    dataDir,
    fsync: true,
    signal: context.signal,
    log: line => log.write(`${line}\n`),
  })
  const urlFile = join(folder, 'database-url')
  const stop = async (hurry: AbortSignal) => {
    const now = () => void postgres.stop('now')
    hurry.addEventListener('abort', now, { once: true })
    await postgres.stop(hurry.aborted ? 'now' : undefined)
    hurry.removeEventListener('abort', now)
    await rm(urlFile, { force: true })
    log.end()
  }
  try {
    const url = await createDatabase(postgres.url, name)
    await rm(urlFile, { force: true })
    await writeFile(urlFile, `${url}\n`, { mode: 0o600, flag: 'wx' })
    await migrate(url, context)
    return { pid: postgres.pid, exited: postgres.exited, url, urlFile, stop }
  } catch (error) {
    await stop(context.hurry)
    throw error
  }
}

async function openLog(file: string, { print }: Context): Promise<WriteStream> {
  await rm(file, { force: true }) // the last one, which may belong to another user
  const log = createWriteStream(file, { mode: 0o600 })
  return log.on('error', error => print(`database: its log cannot be written (${error.message})`))
}

async function createDatabase(adminUrl: string, name: string): Promise<string> {
  const { default: connect } = await import('postgres')
  const sql = connect(adminUrl, { max: 1 })
  try {
    const found = await sql`select 1 from pg_database where datname = ${name}`
    if (found.length === 0) await sql`create database ${sql(name)}`
  } finally {
    await sql.end()
  }
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(name)}`
  return url.href
}

async function migrate(url: string, { root, env, signal, print }: Context): Promise<void> {
  const { DATABASE_URL_FILE: _, ...rest } = env
  const { code, stdout, stderr } = await run(process.execPath, [join(root, 'service/migrate.ts'), 'up'], {
    cwd: root,
    env: { ...rest, DATABASE_URL: url },
    signal,
  })
  signal.throwIfAborted()
  if (code === 0) return
  print(`${stdout}${stderr}`.trimEnd())
  throw new Error(`the migrations failed (exit code ${code}, see above); mend migrations/ and start again`)
}
