import type { Ledger } from './sqlite-ledger.ts'
import type { Operations } from './sqlite-operations.ts'

/** By key, and the messages one by one after it, so that it costs the same however many have deliveries. */
export const findUnmatched = `
  select m.seq, m.body from (select seq from unmatched where seq > :from order by seq limit :max) u
  cross join messages m on m.seq = u.seq
  where (:subject is null or m.subject = :subject) and (:since is null or m.time >= :since)
  order by u.seq limit :limit`

export function createUnmatched({ db }: Ledger): Operations['unmatched'] {
  const find = db.prepare(findUnmatched)
  const last = db.prepare('select seq from unmatched where seq > ? order by seq limit 1 offset ?')
  return ({ page: { subject = null, since }, from, max, limit }) => {
    const earliest = since === undefined ? null : Date.parse(since)
    const rows = find
      .all({ from, max, subject, since: earliest, limit })
      .map(({ seq, body }) => ({ sequence: Number(seq), body: String(body) }))
    const next = last.get(from, max - 1)?.seq
    return next === undefined ? { rows } : { rows, next: Number(next) }
  }
}
