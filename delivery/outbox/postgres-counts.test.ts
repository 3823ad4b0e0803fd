import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, batch, claimAll, claimOrdered, DAY, message, messages, settlement, T } from './contract/sample.ts'
import { createLedger } from './testing/postgres.ts'

test('the tallies agree with the rows after everything that changes them, on two replicas, added up or not', async t => {
  const ledger = await createLedger(t)
  const [one, two] = [ledger.open({ leaseClock: 'caller' }), ledger.open({ leaseClock: 'caller' })]
  const agree = async () => {
    const rows = await ledger.query(`select destination, state, count(*)::int as count, 0 as oldest
      from fairlead.deliveries group by 1, 2 order by 1, 2`)
    const counts = (await one.counts()).map(each => ({ ...each, oldest: 0 }))
    assert.deepEqual(counts.toSorted(byName), rows)
    return rows
  }
  for (let round = 0; round < 3; round++) {
    const both = { destinations: ['phone', 'chat'] }
    await Promise.all([
      one.append(batch(messages(40, both, `a${round}-`)), T),
      two.append(batch(messages(40, { ...both, ...about('same') }, `b${round}-`)), T),
    ])
    const claims = (await Promise.all([claimAll(one, T), claimOrdered(two, T), claimAll(two, T, 'chat')])).flat()
    await agree()
    const ends = ['delivered', 'dead', 'released'] as const
    const settlements = claims.map((claim, n) => settlement(claim, T, { kind: ends[n % 3] ?? 'dead' }))
    await Promise.all([one.settle(settlements.slice(0, 50)), two.settle(settlements.slice(50))])
    await agree()
    await Promise.all([one.replay({ limit: 5 }, T, 0), two.discard({ limit: 7 }, T)])
    await agree()
    // It goes on where the last call stopped, so one call may find nothing; the next begins at the old end again.
    assert.ok((await one.prune(T + DAY, 20)) + (await one.prune(T + DAY, 20)) > 0)
  }
  assert.ok((await agree()).length >= 6)
})

test('changes are added up when there are many, and nothing of them is lost', async t => {
  const ledger = await createLedger(t)
  const outbox = ledger.open()
  await outbox.append(batch([message('m1')]), T)
  await ledger.query(`insert into fairlead.tallies select 'phone', 'pending', 0 from generate_series(1, 2000)`)
  const before = await outbox.counts()
  assert.deepEqual(await ledger.query('select * from fairlead.tallies'), [
    { destination: 'phone', state: 'pending', change: '1' },
  ])
  assert.deepEqual(await outbox.counts(), before)
})

const byName = (a: { destination: string; state: string }, b: { destination: string; state: string }) =>
  `${a.destination} ${a.state}` < `${b.destination} ${b.state}` ? -1 : 1
