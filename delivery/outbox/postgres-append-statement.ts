import type { Sql } from './postgres-client.ts'
import { SUBJECT_LOCK } from './postgres-order.ts'

export type MessageRow = {
  ordinal: number
  id: string
  subject: string
  occurred_at: number
  appended_at: number
  body: string
  decisions: string
  destinations: string[]
  once?: { key: string; until: number }
}
/** Without bytes: to be deleted. */
export type StateRow = { scope: string; key: string; bytes?: string }

/**
 * Writes all of it or nothing, in one round trip, and answers the sequences by id. Fails (see isSurprise) where a
 * message or a live once key is there already. Locks and rows are taken in sorted order, so that replicas which write
 * the same things wait for each other, but not in a circle.
 */
export const writeRows = (sql: Sql, messages: readonly MessageRow[], states: readonly StateRow[]) => sql<
  { id: string; sequence: number }[]
>`
  with message as (
    select * from json_to_recordset(${JSON.stringify(messages)}::text::json) as message (
      ordinal int, id text, subject text, occurred_at bigint, appended_at bigint, body text, decisions text,
      destinations json, once json
    )
  ),
  state as (
    select * from json_to_recordset(${JSON.stringify(states)}::text::json) as state (scope text, key text, bytes text)
  ),
  ${writtenMessages(sql)}, ${takenKeys(sql)}, ${changedStates(sql)}
  select id, position::float8 as sequence from written`

/** What `writeRows` met and a caller who knows it can settle: a taken id or once key, or a deadlock. */
export const isSurprise = (code: string) => code === '23505' || code === '23502' || code === '40P01'

/** The lock of a subject is held to the end of the commit, so that its positions become visible in their order. */
const writtenMessages = (sql: Sql) => sql`
  locked as (
    select pg_advisory_xact_lock(subject) from (
      select distinct hashtextextended(subject, ${SUBJECT_LOCK}) as subject from message order by 1
    ) as subjects
  ),
  written as (
    insert into fairlead.messages (id, subject, occurred_at, appended_at, body, decisions)
    select id, subject, occurred_at, appended_at, body::json, decisions::json
    from message, (select count(*) from locked) as all_locked order by ordinal
    returning position, id
  ),
  addressed as (
    insert into fairlead.deliveries (message, destination, subject, appended_at, next_attempt_at)
    select position, destination, subject, appended_at, appended_at
    from written join message using (id), json_array_elements_text(destinations) as destination
    order by 1, 2
  ),
  unmatched as (
    insert into fairlead.unmatched (message)
    select position from written join message using (id) where json_array_length(destinations) = 0
  )`

/** A key that is live makes `expires_at` null, which its column refuses: then nothing of the statement is kept. */
const takenKeys = (sql: Sql) => sql`
  taken as (
    insert into fairlead.once_keys as once (key, id, sequence, taken_at, expires_at)
    select once ->> 'key', id, position, appended_at, (once ->> 'until')::bigint
    from written join message using (id) where once is not null order by 1
    on conflict (key) do update set
      id = excluded.id, sequence = excluded.sequence, taken_at = excluded.taken_at,
      expires_at = case when ${isStale(sql)} then excluded.expires_at end
  )`

// As isLive in postgres-append-plan.ts.
const isStale = (sql: Sql) => sql`once.expires_at <= excluded.taken_at or once.taken_at > excluded.expires_at`

const changedStates = (sql: Sql) => sql`
  kept as (
    insert into fairlead.states (scope, key, bytes)
    select scope, key, decode(bytes, 'base64') from state where bytes is not null order by scope, key
    on conflict (scope, key) do update set bytes = excluded.bytes
  ),
  doomed as (
    select scope, key from fairlead.states join state using (scope, key)
    where state.bytes is null order by scope, key for update of states
  ),
  removed as (delete from fairlead.states using doomed where states.scope = doomed.scope and states.key = doomed.key)`

export type KnownRows = {
  messages: { id: string; sequence: number; body: string }[]
  keys: { key: string; id: string; sequence: number; takenAt: number; expiresAt: number }[]
}

export async function readKnown(sql: Sql, ids: readonly string[], keys: readonly string[]): Promise<KnownRows> {
  return {
    messages: await sql<KnownRows['messages']>`
      select id, position::float8 as sequence, body::text from fairlead.messages
      where id = any (array(select json_array_elements_text(${JSON.stringify(ids)}::text::json)))`,
    keys: await sql<KnownRows['keys']>`
      select key, id, sequence::float8, taken_at::float8 as "takenAt", expires_at::float8 as "expiresAt"
      from fairlead.once_keys
      where key = any (array(select json_array_elements_text(${JSON.stringify(keys)}::text::json)))`,
  }
}
