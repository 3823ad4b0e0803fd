import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadMigrations, writeLock } from '../lib/migrations.ts'

const up = `-- Lower case, one small step, safe while the version before it still runs. One transaction, or, for
-- \`create index concurrently\` and the like, no transaction; then every statement must bear being run again:
--
-- -- migrate:no-transaction
-- set lock_timeout = 0; -- it waits for old transactions without blocking anybody
-- set statement_timeout = 0;
-- drop index concurrently if exists orders_status_idx; -- an interrupted build leaves an invalid one
-- create index concurrently orders_status_idx on orders (status);
`

const down = `-- Undoes the .up.sql beside it. Where nothing can:
--
-- do $$ begin raise exception 'this cannot be undone; restore a backup'; end $$;
`

/** Makes the pair and records it; resolves to the two file names. `what` says what it does: create_orders. */
export async function createMigration(folder: string, what: string, now: Date): Promise<string[]> {
  const name = `${await nextTimestamp(folder, now)}_${what}`
  const files = [`${name}.up.sql`, `${name}.down.sql`] as const
  await writeFile(join(folder, files[0]), up, { flag: 'wx' })
  await writeFile(join(folder, files[1]), down, { flag: 'wx' })
  await writeLock(folder, await loadMigrations(folder))
  return [...files]
}

// Later than every other, or it would be refused: a branch, or a clock, may be ahead of ours.
async function nextTimestamp(folder: string, now: Date): Promise<string> {
  const newest =
    (await readdir(folder))
      .filter(file => file.endsWith('.sql'))
      .sort()
      .at(-1)
      ?.slice(0, 14) ?? ''
  const after = newest.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z')
  const time = Math.max(now.getTime(), (Date.parse(after) || 0) + 1000)
  return new Date(time).toISOString().replace(/\D/g, '').slice(0, 14)
}
