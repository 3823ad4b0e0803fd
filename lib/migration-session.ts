import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Logger } from 'pino'
import { MigrationError } from './migrations.ts'
import { describePostgres, type PostgresAddress, toPg } from './postgres-url.ts'

/** The database, or its migration lock, did not come free in time: the same run may succeed later. */
export class NotReady extends Error {
  override name = 'NotReady'
}

export type SessionOptions = {
  address: PostgresAddress
  applicationName: string
  /** How long to wait for the database, and then again for another runner; a line in the log at most every 5 s. */
  waitMs: number
  log: Pick<Logger, 'info' | 'debug'>
}

/** Waits for a database that does not answer yet. What waiting cannot cure, such as a wrong password, throws at once. */
export async function openSession({ address, applicationName, waitMs, log }: SessionOptions): Promise<Client> {
  const database = describePostgres(address)
  const client = await untilReady(waitMs, `the database ${database}`, log, async () => {
    const client = new Client({
      application_name: applicationName,
      ...toPg(address),
      keepAlive: true,
      connectionTimeoutMillis: 5000, // so the wait may last this much longer
    })
    // A connection lost between two queries is reported by the next query; without a listener it would end the process.
    client.on('error', error => log.debug({ err: error }, 'the connection to the database was lost'))
    try {
      await client.connect()
      return { ready: client }
    } catch (error) {
      if (isWorthWaiting(error)) return { reason: messageOf(error) }
      throw new MigrationError(`cannot use the database ${database}: ${messageOf(error)}`, { cause: error })
    }
  })
  client.on('notice', ({ message }) => log.debug({ notice: message }, 'the database says'))
  return client
}

// node-pg-migrate's own number, so that its command line and this runner exclude each other too.
const LOCK = '7241865325823964'

/**
 * Takes the lock that lets one runner work; it ends with the session. Asks again and again rather than waits inside
 * Postgres: a waiting statement holds a snapshot, for which `create index concurrently` would wait, and so a deadlock.
 */
export const takeLock = (client: Client, { waitMs, log }: Pick<SessionOptions, 'waitMs' | 'log'>): Promise<true> =>
  untilReady(waitMs, 'another migration runner to finish', log, async () => {
    const { rows } = await client.query<{ free: boolean }>(`select pg_try_advisory_lock(${LOCK}) as free`)
    return rows[0]?.free ? { ready: true } : { reason: 'it holds the lock' }
  })

type Attempt<T> = { ready: T } | { reason: string }

async function untilReady<T>(
  waitMs: number,
  what: string,
  log: Pick<Logger, 'info'>,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  const started = performance.now()
  let nextLine = 0
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2000)) {
    const result = await attempt()
    if ('ready' in result) return result.ready
    const waitedMs = Math.round(performance.now() - started)
    if (waitedMs >= waitMs) throw new NotReady(`waited ${waitMs} ms for ${what}: ${result.reason}`)
    if (waitedMs >= nextLine) {
      log.info({ waitedMs, waitMs, reason: result.reason }, `waiting for ${what}`)
      nextLine = waitedMs + 5000
    }
    // With jitter, so that runners that started together do not ask together.
    await sleep(Math.min(pauseMs * (0.5 + Math.random()), Math.max(1, waitMs - waitedMs)))
  }
}

// Node's network errors; SQLSTATE classes 08 (connection), 53 (resources) and 57P0x (starting up, shutting down), by
// https://www.postgresql.org/docs/current/errcodes-appendix.html; and pg's own two, which have no code.
const passing = /^(ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|EHOST\w+|ENET\w+|ETIMEDOUT|ENOENT|08\w{3}|53\w{3}|57P0\d)$/

function isWorthWaiting(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string') return passing.test(error.code)
  return /timeout expired|connection timeout|terminated unexpectedly/i.test(error.message)
}

// Node reports "all addresses of a name failed" with an empty message.
const messageOf = (error: unknown) => {
  if (!(error instanceof Error)) return String(error)
  return error.message || ('code' in error ? String(error.code) : error.name)
}
