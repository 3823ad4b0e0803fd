import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { Client } from 'pg'
import { parsePostgresUrl, toPg } from '../../lib/postgres-url.ts'
import { testDatabase } from '../../lib/test-database.ts'
import { temporaryFolder } from './process.ts'

/** The number is another one each time that a message is lent. */
type Lease = { id: string; lease: number }

/** A ledger as its process left it, read past our own code. */
export type CrashLedger = {
  env: Record<string, string>
  /** What was with a worker. Throws when the ledger is not whole. */
  leases(): Promise<Lease[]>
}

/** Looks at a copy, with its log: whoever opens the file itself repairs it, which is what the next process has to do. */
export function sqliteLedger(t: TestContext): CrashLedger {
  const file = join(temporaryFolder(t), 'outbox.db')
  const copy = join(temporaryFolder(t), 'copy.db')
  return {
    env: { OUTBOX_PATH: file },
    async leases() {
      const setAside = readdirSync(dirname(file)).filter(name => name.includes('corrupt'))
      assert.deepEqual(setAside, [], 'a ledger was set aside')
      if (!existsSync(file)) return []
      copyFileSync(file, copy)
      if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
      const db = new DatabaseSync(copy) // closing it takes its log away
      try {
        const check = db.prepare('pragma integrity_check').all()
        assert.deepEqual(
          check.map(row => row.integrity_check),
          ['ok'],
        )
        const { tables } = db.prepare("select count(*) tables from sqlite_schema where name = 'deliveries'").get() ?? {}
        if (tables === 0) return [] // killed before there was a schema
        return db
          .prepare('select m.id, d.lease from deliveries d join messages m on m.seq = d.seq where d.state = 1')
          .all()
          .map(row => ({ id: String(row.id), lease: Number(row.lease) }))
      } finally {
        db.close()
      }
    },
  }
}

export async function postgresLedger(t: TestContext): Promise<CrashLedger> {
  const url = await testDatabase(t, { migrated: false })
  return {
    env: { OUTBOX_URL: url },
    async leases() {
      const client = new Client(toPg(parsePostgresUrl(url)))
      await client.connect()
      try {
        const { rows } = await client.query(`select to_regclass('fairlead.deliveries') is not null as migrated`)
        if (!rows[0].migrated) return []
        const leased = await client.query(
          `select m.id, d.lease from fairlead.deliveries d
           join fairlead.messages m on m.position = d.message where d.state = 'leased'`,
        )
        return leased.rows.map(row => ({ id: String(row.id), lease: Number(row.lease) }))
      } finally {
        await client.end()
      }
    },
  }
}
