import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { type PostgresAddress, toPostgresJs } from '../lib/postgres-url.ts'
import type { Pool } from './metrics.ts'
import { inQuerySpan } from './tracing.ts'

export type Sql = postgres.Sql

/** The database did not answer, as opposed to: it answered that the query is wrong. Becomes a 503. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

export type Database = {
  /** False when no database was named: then `run` always rejects, with a sentence that says so. */
  configured: boolean
  /**
   * Runs one query, or one `sql.begin`, inside a span named by `summary`. Rejects with DatabaseUnavailable when there is
   * no connection or no answer in time; any other error is Postgres's own.
   */
  run<T>(summary: string, query: (sql: Sql) => PromiseLike<T>): Promise<T>
  pool(): Pool
  /** Lets running queries finish for at most `timeoutMs`, then closes every connection. */
  end(timeoutMs: number): Promise<void>
}

/** Stands in when there is no DATABASE_URL. */
export const noDatabase: Database = {
  configured: false,
  run: () => Promise.reject(new DatabaseUnavailable('no database is configured; set DATABASE_URL')),
  pool: () => ({ size: 0, inUse: 0, waiting: 0 }),
  end: async () => {},
}

/** A pool that connects at the first query, so that a database that is down delays no start. */
export function connect(
  address: PostgresAddress,
  { poolSize, timeoutMs, applicationName }: { poolSize: number; timeoutMs: number; applicationName: string },
): Database {
  const { connection, ...where } = toPostgresJs(address)
  const options = {
    ...where,
    max: poolSize,
    // One query per connection at a time: a slow one must not hold up others pipelined behind it.
    max_pipeline: 1,
    connect_timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    backoff: (retries: number) => Math.min(0.1 * 2 ** retries, 1),
    idle_timeout: 300,
    connection: { application_name: applicationName, ...connection, statement_timeout: timeoutMs },
    onnotice: () => {},
  }
  // The package's types know neither max_pipeline nor hosts as lists; its documentation does.
  const sql = postgres(options as unknown as postgres.Options<Record<string, never>>)
  let running = 0
  let ending = false
  const answers = new Set<Promise<unknown>>()
  return {
    configured: true,
    async run(summary, query) {
      if (ending) throw new DatabaseUnavailable('the connections are being closed')
      running += 1
      const work = inQuerySpan({ summary }, async () => query(sql)).finally(() => {
        running -= 1
      })
      const answer = withDeadline(work, timeoutMs)
      answers.add(answer)
      return answer.finally(() => answers.delete(answer))
    },
    pool: () => ({ size: poolSize, inUse: Math.min(running, poolSize), waiting: Math.max(0, running - poolSize) }),
    async end(timeoutMs) {
      ending = true
      // The package's own wait does not end for a connection that was lost during a query.
      await settledWithin(answers, timeoutMs)
      await sql.end({ timeout: 0 })
    },
  }
}

async function settledWithin(answers: Iterable<Promise<unknown>>, timeoutMs: number): Promise<void> {
  const settled = new AbortController()
  const late = delay(timeoutMs, undefined, { signal: settled.signal }).catch(() => {}) // stopped below
  await Promise.race([Promise.allSettled(answers), late])
  settled.abort()
}

/** The server cancels a slow statement; only a deadline here ends the wait for a server that no longer says anything. */
async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseUnavailable(`no answer within ${timeoutMs} ms`)), timeoutMs + 500)
  })
  try {
    return await Promise.race([work, deadline])
  } catch (error) {
    throw isUnavailable(error) ? new DatabaseUnavailable('no connection', { cause: error }) : error
  } finally {
    clearTimeout(timer)
  }
}

// Node's network errors; postgres.js's own; and SQLSTATE classes 08 (connection), 53 (resources), 57P0x (shutdown) and
// 57014 (statement_timeout), by https://www.postgresql.org/docs/current/errcodes-appendix.html
const unavailable =
  /^(ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|EHOST\w+|ENET\w+|ETIMEDOUT|ENOENT|CONNECT\w+|CONNECTION_\w+|08\w{3}|53\w{3}|57P0\d|57014|28\w{3}|3D000)$/

const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && unavailable.test(error.code)
