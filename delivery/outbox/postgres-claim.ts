import type { Message } from '../message.ts'
import type { Capacity, Claim } from './outbox.ts'
import { type Leased, type Room, selectNextDue, type Times, takeLeases } from './postgres-claim-statement.ts'
import { type Client, untilAgreed } from './postgres-client.ts'
import { putBehind } from './postgres-order.ts'
import { fromText, toText } from './postgres-text.ts'
import { toToken } from './postgres-token.ts'

export async function claimDue(client: Client, capacity: readonly Capacity[], times: Times): Promise<Claim[]> {
  const rooms = capacity.filter(({ free }) => free > 0).map(toRoom)
  if (rooms.length === 0) return []
  await clearTheWay(client, rooms, times.now)
  // Two replicas may choose different messages of one subject while a replay comes between; then one asks again.
  const leased = await untilAgreed(() => client.run(sql => takeLeases(sql, rooms, times)))
  return leased.map(toClaim)
}

export async function findNextDue(client: Client, destinations: readonly string[]): Promise<number | undefined> {
  const [row] = await client.run(sql => selectNextDue(sql, destinations.map(toText)))
  return row?.due ?? undefined
}

/** As it was appended, but for the sequence, which is the position in the ledger. */
export const toMessage = (body: Omit<Message, 'sequence'>, position: number): Message => ({
  ...body,
  sequence: position,
})

/**
 * Where order is asked for, puts aside what cannot be lent, until the claim finds enough near the front. A first claim
 * may meet a backlog, and then puts aside a few thousand; the rest is left to the next ones.
 */
async function clearTheWay(client: Client, rooms: readonly Room[], now: number): Promise<void> {
  const ordered = rooms.filter(room => room.ordered)
  if (ordered.length === 0) return
  const destinations = ordered.map(({ destination }) => destination)
  let depth = 32 + 2 * Math.max(...ordered.map(({ free }) => free))
  for (let round = 0; round < 4; round++) {
    const { count } = await untilAgreed(() => client.run(sql => putBehind(sql, destinations, now, depth)))
    if (count === 0) return
    depth = Math.max(depth, 1000)
  }
}

const toRoom = ({ destination, free, ordered }: Capacity): Room => ({ destination: toText(destination), free, ordered })

const toClaim = (row: Leased): Claim => ({
  message: toMessage(row.body, row.position),
  destination: fromText(row.destination),
  attempt: row.attempt,
  ...(row.firstAttemptAt !== null && { firstAttemptAt: row.firstAttemptAt }),
  token: toToken(row),
})
