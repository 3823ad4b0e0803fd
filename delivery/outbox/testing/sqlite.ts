import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { openSqliteOutbox, type SqliteOutbox } from '../sqlite.ts'
import type { SetAside } from '../sqlite-open.ts'

/** A folder of its own, gone when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

type Options = Partial<Parameters<typeof openSqliteOutbox>[0]>

/** Opens the ledger in `file`, closed when the test ends; a damaged one fails the test unless it is expected. */
export async function openTestLedger(t: TestContext, file: string, options: Options = {}): Promise<SqliteOutbox> {
  const onSetAside = ({ reason }: SetAside) => t.assert.fail(`the ledger was set aside: ${reason}`)
  const outbox = await openSqliteOutbox({ file, now: Date.now, onSetAside, ...options })
  t.after(() => outbox.close())
  return outbox
}

/** Reads a ledger that nobody has open, past our own code. */
export function inspect<Result>(file: string, read: (db: DatabaseSync) => Result): Result {
  const db = new DatabaseSync(file)
  try {
    return read(db)
  } finally {
    db.close()
  }
}

/** SQLite's own judgement of a file that a crash left; [] when nothing is wrong. */
export function faultsOf(file: string): string[] {
  const rows = inspect(file, db => db.prepare('pragma integrity_check').all())
  return rows.map(row => String(row.integrity_check)).filter(line => line !== 'ok')
}
