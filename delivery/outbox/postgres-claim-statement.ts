import type { Message } from '../message.ts'
import type { Sql } from './postgres-client.ts'
import { isTurn } from './postgres-order.ts'

/**
 * Who says that a lease has run out. `database`: the server too, so that a replica whose clock is wrong takes nothing
 * from another. `caller`: the `now` of the claim alone, for one process that moves its own clock.
 */
export type LeaseClock = 'database' | 'caller'
export type Room = { destination: string; free: number; ordered: boolean }
export type Times = { now: number; leaseMs: number; clock: LeaseClock }

export type Leased = {
  position: number
  body: Omit<Message, 'sequence'>
  destination: string
  ordered: boolean
  attempt: number
  firstAttemptAt: number | null
  lease: number
}

/** No schedule waits longer than this; what is due later was written while a clock was wrong. */
export const LONGEST_WAIT_MS = 2 * 24 * 3_600_000

/**
 * Finds, locks and leases in one statement, so no two claims get the same delivery, whatever their clocks say: `skip
 * locked` passes over what another one is taking, and what it has taken is no longer due when its lock is gone.
 */
export const takeLeases = (sql: Sql, rooms: readonly Room[], { now, leaseMs, clock }: Times) => sql<Leased[]>`
  with ${openRooms(sql, rooms)},
  due as (${candidates(sql, clock, sql`is_claimable and due_at <= ${now}`)}),
  astray as (${candidates(sql, clock, sql`is_claimable and due_at > ${now + LONGEST_WAIT_MS}`)}),
  -- Where order was given up: nothing waits for another any more.
  left_behind as (${candidates(sql, clock, sql`behind and due_at <= ${now} and not room.ordered`)}),
  placed as (
    select *, row_number() over (partition by destination order by due_at, message) as place
    from (select * from due union all select * from astray union all select * from left_behind) as candidate
  ),
  chosen as (select * from placed where place <= free),
  leased as (
    update fairlead.deliveries as delivery set
      state = 'leased', attempt = attempt + 1, first_attempt_at = coalesce(delivery.first_attempt_at, ${now}),
      lease = lease + 1, lease_until = ${now + leaseMs}, ordered = chosen.ordered, behind = false,
      lease_ends = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from chosen
    -- The array makes it a look-up by key; a join of estimates may read the whole table.
    where delivery.message = any (array(select message from chosen))
      and delivery.message = chosen.message and delivery.destination = chosen.destination
    returning delivery.message, delivery.destination, attempt, lease, delivery.ordered,
      chosen.first_attempt_at, chosen.due_at
  )
  select position::float8, body, destination, ordered, attempt, lease,
    leased.first_attempt_at::float8 as "firstAttemptAt"
  from leased join fairlead.messages on position = message order by leased.due_at, position`

/** The earliest end of a wait or of a lease. What waits for another has no time of its own. */
export const selectNextDue = (sql: Sql, destinations: readonly string[]) => sql<{ due: number | null }[]>`
  with ${openRooms(
    sql,
    destinations.map(destination => ({ destination, free: 1, ordered: false })),
  )}
  select min(due_at)::float8 as due from room, lateral (
    select due_at from fairlead.deliveries as delivery
    where delivery.destination = room.destination and is_claimable
    order by due_at limit 1
  ) as first`

/** Destinations that are not paused: pausing moves no rows, so it costs the same with a million waiting. */
const openRooms = (sql: Sql, rooms: readonly Room[]) => sql`
  room as (
    select * from json_to_recordset(${JSON.stringify(rooms)}::text::json)
      as room (destination text, free int, ordered boolean)
    where destination not in (select destination from fairlead.pauses)
  )`

type Fragment = ReturnType<typeof openRooms>

/** In order one looks a little further, past those whose turn it is not, but never through a whole backlog. */
const candidates = (sql: Sql, clock: LeaseClock, isDue: Fragment) => sql`
  select candidate.*, ordered, free from room, lateral (
    select message, destination, due_at, first_attempt_at from (
      select * from fairlead.deliveries as delivery
      where delivery.destination = room.destination and ${isDue}
        ${clock === 'database' ? sql`and (lease_ends is null or lease_ends <= clock_timestamp())` : sql``}
      order by due_at, message limit free + case when room.ordered then 500 else 0 end
      for update skip locked
    ) as delivery
    where ${isTurn(sql)} limit free
  ) as candidate`
