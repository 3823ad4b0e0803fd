import type { TestContext } from 'node:test'
import { Client } from 'pg'
import { createLog } from '../../../lib/log.ts'
import { type PostgresAddress, parsePostgresUrl, toPg } from '../../../lib/postgres-url.ts'
import { testDatabase } from '../../../lib/test-database.ts'
import type { Opened } from '../contract/sample.ts'
import { migrateLedger } from '../migrate.ts'
import type { Outbox } from '../outbox.ts'
import { openPostgresOutbox, type PostgresOutboxOptions } from '../postgres.ts'

const { log } = createLog({ name: 'test', level: 'silent' })

/** A database of its own with the tables of the ledger. */
async function ledgerDatabase(t: TestContext): Promise<{ url: string; address: PostgresAddress }> {
  const url = await testDatabase(t, { migrated: false })
  const address = parsePostgresUrl(url)
  const outcome = await migrateLedger({ address, waitMs: 20_000, log })
  if (outcome.kind === 'refused') throw new Error(outcome.reason)
  return { url, address }
}

/** A store that is closed, if it still has to be, when the test ends. */
export function openLedger(t: TestContext, options: PostgresOutboxOptions): Outbox {
  const outbox = openPostgresOutbox({ timeoutMs: 20_000, ...options })
  t.after(() => outbox.close())
  return outbox
}

export type Ledger = {
  url: string
  address: PostgresAddress
  /** Another client of the same database. */
  query(sql: string): Promise<Record<string, unknown>[]>
  open(options?: Partial<PostgresOutboxOptions>): Outbox
}

export async function createLedger(t: TestContext): Promise<Ledger> {
  const { url, address } = await ledgerDatabase(t)
  const client = new Client(toPg(address))
  client.on('error', () => {}) // the next query reports it
  await client.connect()
  t.after(() => client.end())
  return {
    url,
    address,
    query: async sql => (await client.query(sql)).rows,
    open: options => openLedger(t, { address, ...options }),
  }
}

/** Ends every other connection, as a restart of the server does. */
export const endConnections = ({ query }: Ledger) =>
  query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`)

/** Asks again until there is an answer; never is after 20 s. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 20_000
  while (performance.now() < deadline) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
  }
  throw new Error(`never happened: ${what}`)
}

/** For the contract, which moves the clock. */
export async function openContract(t: TestContext): Promise<Opened> {
  const ledger = await createLedger(t)
  const commits: number[] = []
  let current: Outbox
  const open = () => {
    current = ledger.open({ leaseClock: 'caller', onCommit: messages => commits.push(messages) })
    return current
  }
  return {
    ...{ outbox: open(), commits },
    async reopen() {
      await current.close()
      return open()
    },
    async kill() {
      await endConnections(ledger)
      return open()
    },
  }
}
