import type { LeaseClock } from './postgres-claim-statement.ts'
import { type Client, type Sql, untilAgreed } from './postgres-client.ts'
import { joined, matches, type Selection } from './postgres-filter.ts'
import { callBack, lockSubjects, type Place } from './postgres-order.ts'
import { toMs } from './postgres-text.ts'

// In steps: a statement that moves a hundred thousand rows would run into its timeout, and each subject of a step takes
// a lock from a table of Postgres that is the same for all.
const REPLAY_STEP = 5000
const DISCARD_STEP = 500

/** Back to the first attempt, evenly over the time, oldest first. */
export async function replay(client: Client, filter: Selection, now: number, spreadMs: number): Promise<number> {
  const states = filter.messageId === undefined ? ['dead'] : ['dead', 'discarded']
  const isFailed = (sql: Sql) => sql`delivery.state in ${sql(states)} and ${matches(sql, filter)}`
  const [found] = await client.run(
    sql => sql<{ count: number }[]>`select count(*)::int from ${joined(sql)} where ${isFailed(sql)}`,
  )
  const total = Math.min(found?.count ?? 0, filter.limit ?? Number.POSITIVE_INFINITY)
  return inSteps(total, REPLAY_STEP, async (limit, done) => {
    const { count } = await client.run(
      sql => sql`
        with chosen as (
          select delivery.message, delivery.destination from ${joined(sql)} where ${isFailed(sql)}
          order by 1, 2 limit ${limit} for update of delivery
        ),
        placed as (select *, row_number() over (order by message, destination) - 1 + ${done}::int as place from chosen)
        update fairlead.deliveries as delivery set
          state = 'pending', attempt = 0, first_attempt_at = null, ended_at = null,
          next_attempt_at = ${toMs(now)} + floor(${spreadMs}::float8 * place / ${total}::int)::bigint
        from placed
        where delivery.message = any (array(select message from placed))
          and delivery.message = placed.message and delivery.destination = placed.destination`,
    )
    return count
  })
}

/** Whatever waits or failed; what a worker has, and what was delivered, stays as it is. */
export async function discard(client: Client, filter: Selection, now: number, clock: LeaseClock): Promise<number> {
  const isIdle = (sql: Sql) => sql`(
    delivery.state in ('pending', 'dead') or delivery.state = 'leased' and lease_until <= ${toMs(now)}
      ${clock === 'database' ? sql`and lease_ends <= clock_timestamp()` : sql``}
  )`
  return inSteps(filter.limit ?? Number.POSITIVE_INFINITY, DISCARD_STEP, async limit => {
    const chosen = await client.run(
      sql => sql<Place[]>`
        select delivery.message::float8, delivery.destination from ${joined(sql)}
        where ${isIdle(sql)} and ${matches(sql, filter)} order by 1, 2 limit ${limit}`,
    )
    if (chosen.length === 0) return 0
    return untilAgreed(() =>
      client.transact(async sql => {
        await lockSubjects(sql, chosen)
        const { count } = await sql`
          with chosen as (
            select * from json_to_recordset(${JSON.stringify(chosen)}::text::json) as chosen (message bigint, destination text)
          )
          update fairlead.deliveries as delivery set
            state = 'discarded', ended_at = ${toMs(now)},
            lease_until = null, lease_ends = null, ordered = false, behind = false
          from chosen
          where delivery.message = any (array(select message from chosen))
            and delivery.message = chosen.message and delivery.destination = chosen.destination and ${isIdle(sql)}`
        await callBack(sql, chosen)
        return count
      }),
    )
  })
}

async function inSteps(total: number, size: number, step: (limit: number, done: number) => Promise<number>) {
  let done = 0
  while (done < total) {
    const count = await step(Math.min(size, total - done), done)
    if (count === 0) break
    done += count
  }
  return done
}
