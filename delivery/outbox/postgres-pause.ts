import type { Outbox } from './outbox.ts'
import type { Client } from './postgres-client.ts'
import { fromText, toMs, toText } from './postgres-text.ts'

export async function pause(client: Client, destination: string, reason: string, now: number): Promise<void> {
  await client.run(
    sql => sql`
      insert into fairlead.pauses (destination, reason, since)
      values (${toText(destination)}, ${toText(reason)}, ${toMs(now)})
      on conflict (destination) do update set reason = excluded.reason`,
  )
}

export async function resume(client: Client, destination: string): Promise<void> {
  await client.run(sql => sql`delete from fairlead.pauses where destination = ${toText(destination)}`)
}

export async function listPauses(client: Client): ReturnType<Outbox['paused']> {
  const rows = await client.run(
    sql => sql<{ destination: string; reason: string; since: number }[]>`
      select destination, reason, since::float8 from fairlead.pauses order by since, destination`,
  )
  return rows.map(each => ({ ...each, destination: fromText(each.destination), reason: fromText(each.reason) }))
}
