import type { Message } from '../message.ts'
import type { Page } from './outbox.ts'
import { toMessage } from './postgres-claim.ts'
import type { Client, Sql } from './postgres-client.ts'
import { matches } from './postgres-filter.ts'
import { DEFAULT_LIMIT } from './postgres-list.ts'
import { toText } from './postgres-text.ts'

type Row = { position: number; body: Omit<Message, 'sequence'> }

export async function listUnmatched(client: Client, page: Page): Promise<Message[]> {
  const rows = await client.run(sql => selectUnmatched(sql, page))
  return rows.map(({ position, body }) => toMessage(body, position))
}

/** The inner limit keeps the two apart, so that whatever the statistics say the messages are looked up one by one. */
export const selectUnmatched = (sql: Sql, { limit = DEFAULT_LIMIT, after, ...page }: Page) => sql<Row[]>`
  select position, body from fairlead.unmatched, lateral (
    select position::float8, body from fairlead.messages as message
    where message.position = unmatched.message and ${matches(sql, page)} limit 1
  ) as found
  where ${after === undefined ? sql`true` : sql`unmatched.message > (select position from fairlead.messages where id = ${toText(after)})`}
  order by unmatched.message limit ${limit}`
