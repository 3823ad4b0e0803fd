import postgres from 'postgres'
import { type PostgresAddress, toPostgresJs } from '../../lib/postgres-url.ts'
import { OutboxUnavailable } from './outbox.ts'

/** A pool, or one connection in a transaction. */
export type Sql = postgres.ISql

export type ClientOptions = {
  address: PostgresAddress
  applicationName: string
  poolSize: number
  /** For a connection and for each statement; after it the caller is told, whatever the network does. */
  timeoutMs: number
}

export type Client = {
  /** Rejects with OutboxUnavailable where there is no connection or no answer in time; else the error is Postgres's own. */
  run<T>(query: (sql: Sql) => PromiseLike<T>): Promise<T>
  /** The same for several statements in one transaction, each of which sees what others committed before it. */
  transact<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Connects at the first query, and again after every loss; a pool that hangs is replaced, so nothing needs a restart. */
export function createClient(options: ClientOptions): Client {
  let sql = connect(options)
  let closed = false
  const running = new Set<Promise<unknown>>()
  const replace = (hung: postgres.Sql) => {
    if (hung !== sql || closed) return
    sql = connect(options)
    void hung.end({ timeout: 0 }) // a peer that went away without a word would hold its connections for many minutes
  }
  async function ask<T>(query: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
    if (closed) throw new OutboxUnavailable('the outbox is closed')
    const current = sql
    const answer = withDeadline(query(current), options.timeoutMs, () => replace(current))
    running.add(answer)
    try {
      return await answer
    } catch (error) {
      if (!isUnavailable(error)) throw error
      throw new OutboxUnavailable('the database of the outbox does not answer', { cause: error })
    } finally {
      running.delete(answer)
    }
  }
  return {
    run: ask,
    // `begin` answers an array of promises with an array; a promise of anything else, as here, it hands on as it is.
    transact: <T>(work: (sql: Sql) => Promise<T>) => ask(current => current.begin(work) as Promise<T>),
    async close() {
      closed = true
      await Promise.allSettled(running)
      // Nothing runs any more. Its own wait would not see that of a connection that was lost during a query.
      await sql.end({ timeout: 0 })
    },
  }
}

function connect({ address, applicationName, poolSize, timeoutMs }: ClientOptions): postgres.Sql {
  const { connection, ...where } = toPostgresJs(address)
  const settings = {
    ...where,
    max: poolSize,
    max_pipeline: 1, // a slow statement must not hold up others behind it
    connect_timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    backoff: (retries: number) => Math.min(0.1 * 2 ** retries, 1),
    fetch_types: false, // lists travel as JSON
    connection: {
      application_name: applicationName,
      ...connection,
      statement_timeout: timeoutMs,
      // An answer means "on disk", whatever the server's default is.
      synchronous_commit: 'on',
      // The tables change faster than their statistics: a plan made while one was empty would read all of it when it is
      // full. Walking along an index and stopping early is right at any size.
      enable_seqscan: 'off',
      enable_bitmapscan: 'off',
      plan_cache_mode: 'force_generic_plan', // planning a claim takes as long as running it
      client_min_messages: 'warning',
    },
    onnotice: () => {},
  }
  // The package's types know neither max_pipeline nor hosts as lists; its documentation does.
  return postgres(settings as unknown as postgres.Options<Record<string, never>>)
}

/** The server cancels a slow statement; only a deadline here ends the wait for a server that says nothing any more. */
async function withDeadline<T>(work: PromiseLike<T>, timeoutMs: number, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate()
      reject(new OutboxUnavailable(`the database of the outbox gave no answer within ${timeoutMs} ms`))
    }, timeoutMs + 500)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

// Ours are mistakes in the statement or its data: SQLSTATE classes 0A, 22, 23, 42 and 54, and codes of Node and the client
// for wrong use. All others (network, TLS, credentials, shutdown, timeout, full disk, read-only, 42P01 before the
// migration, 42501 before a grant) pass without a change of this program; then whoever waits for an answer comes again.
// https://www.postgresql.org/docs/15/errcodes-appendix.html
const ours =
  /^(0A|22|23|42(?!501|P01)|54)\w{3}$|^ERR_(?!TLS|SSL|SOCKET)|^(UNDEFINED_VALUE|NOT_TAGGED_CALL|MAX_PARAMETERS_EXCEEDED)$/

function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  return code !== '' && !ours.test(code)
}

/** Asks again when Postgres chose this one of several that waited for each other, or when another was a moment earlier. */
export async function untilAgreed<T>(ask: () => Promise<T>): Promise<T> {
  for (let triesLeft = 10; ; triesLeft--) {
    try {
      return await ask()
    } catch (error) {
      const code = codeOf(error)
      if (triesLeft === 0 || !disagreements.includes(code)) throw error
    }
  }
}

// foreign_key_violation, unique_violation, deadlock_detected
const disagreements = ['23503', '23505', '40P01']

/** The SQLSTATE, or the code of Node or the client, of an error or what caused it; empty where there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause)
}
