import type { Message } from '../message.ts'
import type { Decision } from '../rules.ts'
import type { Attempt, Delivery, DeliveryState, Filter, Outbox } from './outbox.ts'
import { toMessage } from './postgres-claim.ts'
import type { Client, Sql } from './postgres-client.ts'
import { joined, matches, shownState } from './postgres-filter.ts'
import { fromText, toText } from './postgres-text.ts'

export const DEFAULT_LIMIT = 100

export async function findMessage(client: Client, messageId: string): ReturnType<Outbox['find']> {
  const id = toText(messageId)
  const [found] = await client.run(
    sql => sql<{ position: number; body: Body; decisions: Decision[] }[]>`
      select position::float8, body, decisions from fairlead.messages where id = ${id}`,
  )
  if (found === undefined) return undefined
  const { position, body, decisions } = found
  const deliveries = await client.run(
    sql => sql<DeliveryRow[]>`
      select ${deliveryColumns(sql)} from ${joined(sql)} where message.position = ${position} order by delivery.destination collate "C"`,
  )
  const attempts = await client.run(
    sql => sql<Attempt[]>`
      select destination, attempt, at::float8, kind, answer from fairlead.attempts where message = ${position} order by id`,
  )
  return {
    message: toMessage(body, position),
    decisions,
    deliveries: deliveries.map(toDelivery),
    attempts: attempts.map(each => ({
      ...each,
      destination: fromText(each.destination),
      answer: fromText(each.answer),
    })),
  }
}

/** A message is never split between pages (`with ties`), so that `after` can name the last one of a page. */
export async function listDeliveries(client: Client, filter: Filter): ReturnType<Outbox['list']> {
  const { limit = DEFAULT_LIMIT } = filter
  const rows = await client.run(
    sql => sql<(DeliveryRow & { position: number; body: Body })[]>`
      with page as (
        select position::float8, body, ${deliveryColumns(sql)} from ${joined(sql)} where ${matches(sql, filter)}
        order by position fetch first ${limit} rows with ties
      )
      select * from page order by position, destination collate "C"`,
  )
  return rows.map(row => ({ message: toMessage(row.body, row.position), delivery: toDelivery(row) }))
}

type Body = Omit<Message, 'sequence'>
type DeliveryRow = {
  messageId: string
  destination: string
  state: DeliveryState
  attempt: number
  nextAttemptAt: number
  firstAttemptAt: number | null
  leaseUntil: number | null
  lastAnswer: string | null
}

const deliveryColumns = (sql: Sql) => sql`
  message.id as "messageId", delivery.destination, ${shownState(sql)} as state, attempt,
  next_attempt_at::float8 as "nextAttemptAt", first_attempt_at::float8 as "firstAttemptAt",
  lease_until::float8 as "leaseUntil", last_answer as "lastAnswer"`

const toDelivery = (row: DeliveryRow): Delivery => ({
  messageId: fromText(row.messageId),
  destination: fromText(row.destination),
  state: row.state,
  attempt: row.attempt,
  nextAttemptAt: row.nextAttemptAt,
  ...(row.firstAttemptAt !== null && { firstAttemptAt: row.firstAttemptAt }),
  ...(row.leaseUntil !== null && { leaseUntil: row.leaseUntil }),
  ...(row.lastAnswer !== null && { lastAnswer: fromText(row.lastAnswer) }),
})
