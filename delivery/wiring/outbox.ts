import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { PostgresAddress } from '../../lib/postgres-url.ts'
import type { OnCommit, Outbox } from '../outbox/outbox.ts'
import { createPoint, type Faults } from '../outbox/points.ts'

export type OpenOptions = {
  postgres: PostgresAddress | undefined
  path: string
  maxBytes: number | undefined
  faults: Faults
  log: Logger
  now: () => number
  onSetAside: () => void
  onCommit: OnCommit
}

export type Opened = {
  outbox: Outbox
  kind: 'sqlite' | 'postgres'
  /** Where the file lies, for the storage monitor. */
  folder: string | undefined
  /** Rejects when the ledger will never be ours to use; until it resolves the outbox may reject every call. */
  prepare: (signal: AbortSignal) => Promise<void>
}

/** The store that the environment asks for; the other one's code is not even loaded. */
export async function openOutbox(options: OpenOptions): Promise<Opened> {
  const { postgres, faults, onCommit } = options
  if (postgres === undefined) return openFile(options)
  const { openPostgresOutbox } = await import('../outbox/postgres.ts')
  const outbox = openPostgresOutbox({ address: postgres, point: createPoint(faults), onCommit })
  let migrated = false
  return {
    kind: 'postgres',
    folder: undefined,
    outbox: {
      ...outbox,
      async check() {
        await outbox.check()
        // Between two migrations it can be written, and refuses what needs the second one.
        if (!migrated) throw new Error('its migrations are not done yet')
      },
    },
    async prepare(signal) {
      await migrate(postgres, options.log, signal)
      migrated = !signal.aborted
    },
  }
}

async function openFile({ path, maxBytes, faults, log, now, onSetAside, onCommit }: OpenOptions): Promise<Opened> {
  const file = resolve(path)
  const folder = dirname(file)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    log.error({ err: error, folder }, 'OUTBOX_PATH: the folder cannot be made') // the outbox says so, too, until it can
  }
  const { openSqliteOutbox } = await import('../outbox/sqlite.ts')
  const outbox = await openSqliteOutbox({
    ...{ file, now, faults, onCommit },
    onSetAside(what) {
      log.error(
        what,
        'the ledger was damaged: set aside, and a new one begun; what it held has to be looked after by hand',
      )
      onSetAside()
    },
    ...(maxBytes !== undefined && { maxBytes }),
  })
  return { outbox, kind: 'sqlite', folder, prepare: async () => {} }
}

const WAIT_MS = 10_000

/** A database that does not answer yet is waited for; one whose history differs from ours is not. */
async function migrate(address: PostgresAddress, log: Logger, signal: AbortSignal): Promise<void> {
  const { migrateLedger } = await import('../outbox/migrate.ts')
  while (!signal.aborted) {
    try {
      const outcome = await migrateLedger({ address, waitMs: WAIT_MS, log, ...bundledFolder })
      if (outcome.kind === 'refused') throw new Refused(`the ledger in Postgres cannot be used: ${outcome.reason}`)
      return
    } catch (error) {
      if (error instanceof Refused) throw error
      log.error({ err: error }, 'the ledger in Postgres cannot be prepared yet; trying again')
      await delay(1000, undefined, { signal }).catch(() => {}) // aborted: the loop ends
    }
  }
}

// A bundle has the files beside its one folder of code; migrate.ts knows where they are otherwise.
const bundledFolder = import.meta.url.endsWith('.ts')
  ? {}
  : { folder: fileURLToPath(new URL('./outbox/migrations/', import.meta.url)) }

class Refused extends Error {}
