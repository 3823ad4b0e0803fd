import type { Outbox } from './outbox.ts'
import type { Client } from './postgres-client.ts'

export async function measure(client: Client): ReturnType<Outbox['size']> {
  const [row] = await client.run(
    sql => sql<{ bytes: number; messages: number }[]>`
      select sum(pg_total_relation_size(oid))::float8 as bytes, (select count(*) from fairlead.messages)::float8 as messages
      from pg_class where relnamespace = 'fairlead'::regnamespace and relkind = 'r'`,
  )
  if (row === undefined) throw new Error('the size of the ledger has no answer')
  return row
}

/** Writes, because a full disk or a read-only replica answers every read. */
export async function checkWritable(client: Client): Promise<void> {
  await client.run(
    sql => sql`
      insert into fairlead.checks (at) values (clock_timestamp()) on conflict (one) do update set at = excluded.at`,
  )
}
