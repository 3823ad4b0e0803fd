import type { Outbox } from './outbox.ts'
import { type Client, type Sql, untilAgreed } from './postgres-client.ts'
import { addUp } from './postgres-counts.ts'
import { toMs } from './postgres-text.ts'

/** How far one statement looks. */
const SCAN = 2000

/**
 * Goes through the old end of the ledger once, over as many calls as that takes: what has to stay, such as dead letters,
 * is then not looked at again by each call. Postgres uses the space for new rows; it does not shrink its files.
 */
export function createPrune(client: Client): Outbox['prune'] {
  let reached = 0
  return async (before, limit) => {
    let removed = 0
    while (removed < limit) {
      const scan = Math.min(SCAN, limit - removed)
      // Again when somebody replayed one of them at this moment.
      const [step] = await untilAgreed(() => client.run(sql => pruneStep(sql, reached, scan, toMs(before))))
      removed += step?.removed ?? 0
      reached = step?.last ?? 0
      if (reached === 0) break
    }
    await client.run(sql => sql`delete from fairlead.once_keys where expires_at < ${toMs(before)}`)
    await addUp(client)
    return removed
  }
}

const pruneStep = (sql: Sql, reached: number, scan: number, before: number) => sql<
  { last: number | null; removed: number }[]
>`
  with seen as (
    select position, appended_at from fairlead.messages where position > ${reached} order by position limit ${scan}
  ),
  doomed as (
    select position from seen where appended_at < ${before} and not exists (
      select from fairlead.deliveries as delivery
      where delivery.message = seen.position and not ${endedWell(sql, before)}
    )
  ),
  attempts as (delete from fairlead.attempts where message = any (array(select position from doomed))),
  deliveries as (
    delete from fairlead.deliveries as delivery
    where message = any (array(select position from doomed)) and ${endedWell(sql, before)}
  ),
  unmatched as (delete from fairlead.unmatched where message = any (array(select position from doomed))),
  messages as (delete from fairlead.messages where position = any (array(select position from doomed)) returning 1)
  select (select max(position) from seen where appended_at < ${before})::float8 as last,
    (select count(*) from messages)::int as removed`

const endedWell = (sql: Sql, before: number) =>
  sql`(delivery.state in ('delivered', 'discarded') and delivery.ended_at < ${before})`
