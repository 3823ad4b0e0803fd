import type { Settlement } from './outbox.ts'
import { LONGEST_WAIT_MS } from './postgres-claim-statement.ts'
import { type Client, type Sql, untilAgreed } from './postgres-client.ts'
import { callBack, lockSubjects } from './postgres-order.ts'
import { toMs, toText } from './postgres-text.ts'
import { parseToken } from './postgres-token.ts'

/** Records the outcomes of many workers in one commit; answers each worker with the tokens that no longer fitted. */
export async function settleAll(client: Client, groups: readonly (readonly Settlement[])[]): Promise<string[][]> {
  const outcomes = new Map(
    groups
      .flat()
      .toReversed()
      .map(each => [each.token, each]),
  ) // of twins the first counts
  const rows = [...outcomes.values()].flatMap(each => toRow(each) ?? [])
  const settled = rows.length === 0 ? [] : await settle(client, rows)
  const fitted = new Set(settled.map(({ token }) => token))
  return groups.map(group =>
    // `delete` answers whether it was there: a token fits once.
    group.filter(({ token }) => !fitted.delete(token)).map(({ token }) => token),
  )
}

async function settle(client: Client, rows: readonly SettleRow[]) {
  const ending = rows.filter(({ ordered, kind }) => ordered && (kind === 'delivered' || kind === 'dead'))
  if (ending.length === 0) return untilAgreed(() => client.run(sql => settleStatement(sql, rows)))
  return untilAgreed(() =>
    client.transact(async sql => {
      await lockSubjects(sql, ending)
      const settled = await settleStatement(sql, rows)
      await callBack(sql, ending)
      return settled
    }),
  )
}

export type SettleRow = {
  token: string
  ordered: boolean
  message: number
  lease: number
  destination: string
  kind: Settlement['kind']
  at: number
  next_attempt_at?: number
  answer: string
}

function toRow(settlement: Settlement): SettleRow | undefined {
  const { token, kind, at, answer } = settlement
  const lease = parseToken(token)
  if (lease === undefined || lease.destination !== toText(settlement.destination)) return undefined
  const { position, ...rest } = lease
  const row = { token, message: position, ...rest, kind, at: toMs(at), answer: toText(answer) }
  if (settlement.kind !== 'retry') return row
  return { ...row, next_attempt_at: toMs(Math.min(settlement.nextAttemptAt, at + LONGEST_WAIT_MS)) }
}

/** A late outcome counts as long as nobody else has the delivery: the lease number is compared, not the clock. */
export const settleStatement = (sql: Sql, rows: readonly SettleRow[]) => sql<{ token: string }[]>`
  with outcome as (
    select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as outcome (
      token text, message bigint, lease int, destination text, kind text, at bigint, next_attempt_at bigint, answer text
    )
  ),
  held as (
    select outcome.* from outcome join fairlead.deliveries as delivery using (message, destination)
    where delivery.message = any (array(select message from outcome))
      and delivery.state = 'leased' and delivery.lease = outcome.lease
    order by message, destination for update of delivery
  ),
  settled as (
    update fairlead.deliveries as delivery set
      state = case kind when 'delivered' then kind when 'dead' then kind else 'pending' end,
      attempt = attempt - (kind = 'released')::int,
      first_attempt_at = case when kind <> 'released' or attempt > 1 then first_attempt_at end,
      next_attempt_at = coalesce(held.next_attempt_at, delivery.next_attempt_at),
      lease_until = null, lease_ends = null, ordered = false,
      ended_at = case when kind in ('delivered', 'dead') then at end,
      last_answer = case when kind = 'released' then last_answer else answer end
    from held
    where delivery.message = any (array(select message from held))
      and delivery.message = held.message and delivery.destination = held.destination
    returning token, delivery.message, delivery.destination, attempt, at, kind, answer
  ),
  noted as (
    insert into fairlead.attempts (message, destination, attempt, at, kind, answer)
    select message, destination, attempt, at, kind, answer from settled where kind <> 'released'
  )
  select token from settled`
