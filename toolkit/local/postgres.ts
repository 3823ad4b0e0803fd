import { dirname, join } from 'node:path'
import { start } from '../exec.ts'
import { openDataFolder } from './data-folder.ts'
import { type DatabaseUser, databaseUser } from './database-user.ts'
import { stopOrphan } from './orphan.ts'
import { freePort } from './port.ts'
import { type Binaries, installedBinaries, npmBinaries } from './postgres-binaries.ts'

export type PostgresOptions = {
  /** Made when absent. One launcher at a time: the caller holds a lock, or has the folder to itself. */
  dataDir: string
  /** Off for tests only: nothing then survives a crash of the machine. */
  fsync: boolean
  /** 0 (default): a free one. */
  port?: number
  /** PEM files that the database user can read. */
  ssl?: { certFile: string; keyFile: string }
  /** Binaries of another server, such as /usr/lib/postgresql/15/bin; default those of npm. */
  binDir?: string
  /** More settings, such as { max_connections: '200' }. */
  settings?: Record<string, string>
  /** Gets each line of the server's log. */
  log?: (line: string) => void
  signal?: AbortSignal
}

export type Postgres = {
  /** The superuser's, with password, of database `postgres`. A secret. */
  url: string
  port: number
  pid: number
  /** Resolves, never rejects, when the server has ended, asked or not. */
  exited: Promise<void>
  /** `now` skips the shutdown checkpoint; the next start then replays the log. */
  stop(now?: 'now'): Promise<void>
}

/** Starts a Postgres that listens on 127.0.0.1 only, with password. It ends with this process, however that ends. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataDir, fsync, binDir, signal } = options
  const user = databaseUser(dataDir)
  const binaries = await (binDir
    ? installedBinaries(binDir, user)
    : npmBinaries(join(dirname(dataDir), 'binaries'), user))
  const password = await openDataFolder(dataDir, binaries, { fsync, user, signal })
  await stopOrphan(dataDir)
  if (options.port) return launch(binaries, user, password, { ...options, port: options.port })
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(binaries, user, password, { ...options, port: await freePort() })
    } catch (error) {
      // Somebody may take a free port before Postgres does.
      const isTaken = error instanceof Error && error.message.includes('Address already in use')
      if (!isTaken || attempt === 5) throw error
    }
  }
}

async function launch(
  { binDir }: Binaries,
  user: DatabaseUser,
  password: string,
  { dataDir, port, signal, log, ...options }: PostgresOptions & { port: number },
): Promise<Postgres> {
  const lastLines: string[] = []
  const ready = Promise.withResolvers<void>()
  const settings = Object.entries(settingsOf(options, port)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = await start(join(binDir, 'postgres'), ['-D', dataDir, ...settings], {
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    ...user,
    endWithUs: 'SIGINT',
    output: line => {
      log?.(line)
      if (lastLines.push(line) > 20) lastLines.shift()
      if (line.endsWith('database system is ready to accept connections')) ready.resolve()
    },
  })
  const ended = server.exited.then(() => {
    throw new Error(`Postgres did not start:\n${lastLines.join('\n')}`)
  })
  ended.catch(() => {}) // after the start an end is no error; `exited` tells of it
  const aborted = () => ready.reject(signal?.reason)
  signal?.addEventListener('abort', aborted, { once: true })
  const exited = server.exited.then(() => {})
  // https://www.postgresql.org/docs/18/server-shutdown.html: SIGINT ends sessions first, SIGQUIT ends without a checkpoint.
  const stop = async (now?: 'now') => {
    server.kill(now ? 'SIGQUIT' : 'SIGINT')
    await exited
  }
  try {
    await Promise.race([ready.promise, ended])
  } catch (error) {
    await stop('now')
    throw error
  } finally {
    signal?.removeEventListener('abort', aborted)
  }
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, port, pid: server.pid, exited, stop }
}

function settingsOf(
  { fsync, ssl, settings }: Pick<PostgresOptions, 'fsync' | 'ssl' | 'settings'>,
  port: number,
): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '', // a path of more than 107 bytes would not fit, and checkouts may be deep
    ...(!fsync && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...(ssl && { ssl: 'on', ssl_cert_file: ssl.certFile, ssl_key_file: ssl.keyFile }),
    ...settings,
  }
}
