import type { Outbox } from './outbox.ts'
import type { Client } from './postgres-client.ts'
import { fromText, toText } from './postgres-text.ts'

export async function readState(client: Client, scope: string, key: string): ReturnType<Outbox['readState']> {
  const [row] = await client.run(
    sql => sql<{ bytes: Uint8Array }[]>`
      select bytes from fairlead.states where scope = ${toText(scope)} and key = ${toText(key)}`,
  )
  return row?.bytes
}

export async function listState(client: Client, scope: string): ReturnType<Outbox['listState']> {
  const rows = await client.run(
    sql => sql<{ key: string; bytes: Uint8Array }[]>`
      select key, bytes from fairlead.states where scope = ${toText(scope)} order by key collate "C"`,
  )
  return rows.map(({ key, bytes }) => ({ key: fromText(key), bytes }))
}
