import type { Filter } from './outbox.ts'
import type { Sql } from './postgres-client.ts'
import { toKey, toText } from './postgres-text.ts'

export type Selection = Filter & { messageId?: string }

/** A delivery as people see it: what waits for a paused destination is parked. Needs `delivery` and `pause`. */
export const shownState = (sql: Sql) => sql`
  case when delivery.state = 'pending' and pause.destination is not null then 'parked' else delivery.state end`

/** Deliveries with their message and the pause of their destination. */
export const joined = (sql: Sql) => sql`
  fairlead.messages as message
  join fairlead.deliveries as delivery on delivery.message = message.position
  left join fairlead.pauses as pause on pause.destination = delivery.destination`

export const matches = (sql: Sql, { destination, state, since, subject, messageId, after }: Selection) => sql`
  true
  ${messageId === undefined ? sql`` : sql`and message.id = ${toText(messageId)}`}
  ${destination === undefined ? sql`` : sql`and delivery.destination = ${toText(destination)}`}
  ${state === undefined ? sql`` : sql`and ${shownState(sql)} = ${state}`}
  ${subject === undefined ? sql`` : sql`and message.subject = ${toKey(subject)}`}
  ${since === undefined ? sql`` : sql`and message.occurred_at >= ${instant(since)}`}
  ${after === undefined ? sql`` : sql`and message.position > (select position from fairlead.messages where id = ${toText(after)})`}`

function instant(since: string): number {
  const time = Date.parse(since)
  if (Number.isNaN(time)) throw new Error(`since: expected a time such as 2026-11-20T12:00:00Z, got "${since}"`)
  return time
}
