import type { DeliveryState, Outbox } from './outbox.ts'
import type { Client, Sql } from './postgres-client.ts'
import { shownState } from './postgres-filter.ts'
import { fromText } from './postgres-text.ts'

type Row = { destination: string; state: DeliveryState; count: number; oldest: number; changes: number }

/** So many changes are quicker to add up than to write anew. */
const MANY_CHANGES = 1000

/** From the tallies, so that it costs the same however many rows there are. */
export async function countDeliveries(client: Client): ReturnType<Outbox['counts']> {
  const rows = await client.run(
    sql => sql<Row[]>`
      with tally as (
        select destination, state, sum(change) as count, count(*) as changes from fairlead.tallies group by 1, 2
      )
      select delivery.destination, ${shownState(sql)} as state,
        sum(count)::float8 as count, sum(changes)::float8 as changes, min(appended_at)::float8 as oldest
      from tally as delivery
      cross join lateral (${oldestWaiting(sql)} union all ${oldestDelivered(sql)}) as oldest
      left join fairlead.pauses as pause on pause.destination = delivery.destination
      where count > 0 group by 1, 2`,
  )
  if (rows.reduce((sum, { changes }) => sum + changes, 0) > MANY_CHANGES) await addUp(client)
  return rows.map(({ destination, state, count, oldest }) => ({
    destination: fromText(destination),
    state,
    count,
    oldest,
  }))
}

// Apart, because only the first has an index of its own. What was delivered is found near the left edge of the key.
const oldestWaiting = (sql: Sql) => sql`
  (select appended_at from fairlead.deliveries as waiting
  where waiting.destination = delivery.destination and waiting.state = delivery.state
    and waiting.state <> 'delivered' and delivery.state <> 'delivered'
  order by message limit 1)`

const oldestDelivered = (sql: Sql) => sql`
  (select appended_at from fairlead.deliveries as ended
  where ended.destination = delivery.destination and ended.state = 'delivered' and delivery.state = 'delivered'
  order by message limit 1)`

/** Replaces changes by their sums; two at a time take different ones. */
export async function addUp(client: Client): Promise<void> {
  await client.run(
    sql => sql`
      with change as (delete from fairlead.tallies returning destination, state, change)
      insert into fairlead.tallies
      select destination, state, sum(change) from change group by 1, 2 having sum(change) <> 0`,
  )
}
