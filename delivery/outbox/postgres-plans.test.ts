import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selectNextDue, takeLeases } from './postgres-claim-statement.ts'
import { createClient, type Sql } from './postgres-client.ts'
import { putBehind } from './postgres-order.ts'
import { settleStatement } from './postgres-settle.ts'
import { selectUnmatched } from './postgres-unmatched.ts'
import { createLedger } from './testing/postgres.ts'

const FREE = 10
const rooms = (ordered: boolean) => [
  { destination: 'phone', free: FREE, ordered },
  { destination: 'chat', free: FREE, ordered },
]
const times = { now: 1_000_000, leaseMs: 60_000, clock: 'database' } as const
const outcomes = Array.from({ length: FREE }, (_, n) => ({
  ...{ token: String(n), ordered: false, message: 99_001 + n, lease: 0, destination: 'phone' },
  ...{ kind: 'delivered' as const, at: 1, answer: '200' },
}))

/** A part of a query; whatever rows it answers. */
type Statement = (sql: Sql) => PromiseLike<unknown>

const statements: [what: string, statement: Statement][] = [
  ['a claim', sql => takeLeases(sql, rooms(false), times)],
  ['a claim in order', sql => takeLeases(sql, rooms(true), times)],
  ['what a claim in order does first', sql => putBehind(sql, ['phone', 'chat'], times.now, FREE)],
  ['nextDue', sql => selectNextDue(sql, ['phone', 'chat'])],
  ['a settle', sql => settleStatement(sql, outcomes)],
  ['a list of the unmatched', sql => selectUnmatched(sql, { limit: FREE })],
  ['its second page', sql => selectUnmatched(sql, { limit: FREE, after: 'n20', since: '1970-01-01T00:00:00Z' })],
]

/** The last thousand wait for `phone`, a hundred of them are due; everything else was delivered. Nobody got the rest. */
const fill = `
  insert into fairlead.messages (id, subject, occurred_at, appended_at, body, decisions)
    select n, n % 500, 0, 0, '{}', '[]' from generate_series(1, 100000) as n;
  insert into fairlead.deliveries (message, destination, subject, appended_at, next_attempt_at, state)
    select n, 'phone', n % 500, 0, case when n <= 99100 then n else 2000000 end,
      case when n <= 99000 then 'delivered' else 'pending' end
    from generate_series(1, 100000) as n;
  insert into fairlead.messages (id, subject, occurred_at, appended_at, body, decisions)
    select 'n' || n, n % 500, 0, 0, '{}', '[]' from generate_series(1, 1000) as n;
  insert into fairlead.unmatched select position from fairlead.messages where id like 'n%'`

test('with 100,000 rows every statement of the dispatcher, and a list of the unmatched, reads a few, by index, with and without statistics', async t => {
  const ledger = await createLedger(t)
  const client = createClient({ address: ledger.address, applicationName: 'test', poolSize: 1, timeoutMs: 20_000 })
  t.after(() => client.close())
  for (const statistics of ['of empty tables', 'of full tables']) {
    if (statistics === 'of empty tables') await ledger.query(`analyze; ${fill}`)
    else await ledger.query('analyze')
    for (const [what, statement] of statements) {
      const scans = await explain(statement)
      assert.ok(scans.length > 0, what)
      for (const { node, index, rows } of scans) {
        const said = `${what}, statistics ${statistics}: ${node} by ${index} read ${rows} rows`
        assert.match(node, /^(Index|Index Only|Bitmap Index|Bitmap Heap) Scan$/, said)
        assert.ok(rows <= 6 * FREE, said)
      }
      if (what.startsWith('a claim')) assert.ok(scans.some(({ index }) => index === 'deliveries_due'))
    }
  }

  /** Runs it, and takes it back. */
  async function explain(statement: Statement): Promise<Scan[]> {
    return client.transact(async sql => {
      const [row] = await sql<{ 'QUERY PLAN': { Plan: Plan }[] }[]>`
        explain (analyze, timing off, format json) ${statement(sql) as ReturnType<typeof putBehind>}` // one is typed like the other, but for its rows
      await sql`rollback and chain`
      return row?.['QUERY PLAN'].flatMap(({ Plan }) => scansOf(Plan)) ?? []
    })
  }
})

/** As https://www.postgresql.org/docs/15/using-explain.html names its fields. */
type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}
type Scan = { node: string; index: string | undefined; rows: number }

/** The reads of the large tables. */
function scansOf(plan: Plan): Scan[] {
  const below = plan.Plans?.flatMap(scansOf) ?? []
  const relation = plan['Relation Name'] ?? ''
  if (!plan['Node Type'].endsWith('Scan') || !['deliveries', 'messages', 'unmatched'].includes(relation)) return below
  const rows = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
  return [{ node: plan['Node Type'], index: plan['Index Name'], rows }, ...below]
}
