import type { Sql } from './postgres-client.ts'

// Order by subject, at destinations that ask for it. Of the open deliveries of a subject one has the turn: whoever is in
// flight, also when its lease ran out, and otherwise the oldest. The others are put `behind` when a claim meets them, so
// that the next claims do not look at them again, and the oldest is called back when one of its subject ends.
//
// Two locks make that safe between replicas. Who puts a delivery behind an older one holds the row of that one, so it
// cannot end meanwhile; who ends one holds the lock of the subject, and calls back in a statement that begins after it.

/** Needs `delivery` and `room`. */
export const isTurn = (sql: Sql) => sql`(
  not room.ordered or not exists (
    select from fairlead.deliveries as older
    where older.destination = delivery.destination and older.subject = delivery.subject
      and older.is_open and older.message < delivery.message
      and (delivery.lease_until is null or older.lease_until is not null)
  ) and (delivery.lease_until is not null or not exists (
    select from fairlead.deliveries as flying
    where flying.destination = delivery.destination and flying.subject = delivery.subject
      and flying.state = 'leased' and flying.ordered
  ))
)`

/** Of the first `depth` that are due, those that have an older one; answers how many. */
export const putBehind = (sql: Sql, destinations: readonly string[], now: number, depth: number) => sql`
  with room as (select json_array_elements_text(${JSON.stringify(destinations)}::text::json) as destination),
  met as (
    select met.* from room, lateral (
      select message, destination, subject from fairlead.deliveries as delivery
      where delivery.destination = room.destination and is_claimable and due_at <= ${now}
      order by due_at, message limit ${depth}
    ) as met
  ),
  blocked as (
    select met.* from met, lateral (
      select from fairlead.deliveries as older
      where older.destination = met.destination and older.subject = met.subject
        and older.is_open and older.message < met.message
      order by older.message desc limit 1
      for share skip locked
    ) as held
  ),
  -- Locked here as well, or passed over, so that the update waits for nobody: others hold the same rows as older ones.
  free as (
    select free.* from blocked, lateral (
      select message, destination from fairlead.deliveries as delivery
      where delivery.message = blocked.message and delivery.destination = blocked.destination
        and state = 'pending' and not behind
      for update skip locked
    ) as free
  )
  update fairlead.deliveries as delivery set behind = true from free
  where delivery.message = any (array(select message from free))
    and delivery.message = free.message and delivery.destination = free.destination`

export type Place = { message: number; destination: string }

const places = (sql: Sql, list: readonly Place[]) => sql`
  place as (
    select * from json_to_recordset(${JSON.stringify(list)}::text::json) as place (message bigint, destination text)
  ),
  subject as (
    select distinct destination, message.subject
    from place join fairlead.messages as message on message.position = place.message
    where message.position = any (array(select message from place))
  )`

/** Before anything of these subjects ends, and in a statement of its own: the next ones then see what is true. */
export const lockSubjects = (sql: Sql, list: readonly Place[]) => sql`
  with ${places(sql, list)}
  select count(*) from (
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(subject, ${SUBJECT_LOCK}) as key from subject order by 1
    ) as keys
  ) as locked`

/** After some of these subjects ended: the oldest that is left has the turn. */
export const callBack = (sql: Sql, list: readonly Place[]) => sql`
  with ${places(sql, list)},
  next as (
    select next.* from subject, lateral (
      select message, destination from fairlead.deliveries as delivery
      where delivery.destination = subject.destination and delivery.subject = subject.subject
        and is_open
      order by message limit 1
    ) as next
  )
  update fairlead.deliveries as delivery set behind = false from next
  where delivery.message = any (array(select message from next))
    and delivery.message = next.message and delivery.destination = next.destination and behind`

/** Keeps the advisory locks of subjects apart from those of others: the seed of their hash. */
export const SUBJECT_LOCK = 7305
