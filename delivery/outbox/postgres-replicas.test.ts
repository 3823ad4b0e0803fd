import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, ids, messages, settlement } from './contract/sample.ts'
import type { Claim } from './outbox.ts'
import { createLedger, until } from './testing/postgres.ts'
import { startReplica } from './testing/replica.ts'

const room = (free: number) => [{ destination: 'phone', free, ordered: false }]
const HOUR = 3_600_000

test('two processes share two thousand deliveries, each lent once', async t => {
  const ledger = await createLedger(t)
  await ledger.open().append(batch(messages(2000)), Date.now())
  const env = { LEDGER_URL: ledger.url, CLAIM_FREE: '20' }
  const replicas = await Promise.all([startReplica(t, env), startReplica(t, env)])
  const taken = (await Promise.all(replicas.map(replica => replica.claim()))).flat()
  assert.equal(taken.length, 2000)
  assert.equal(new Set(taken.map(({ id }) => id)).size, 2000)
  assert.equal(new Set(taken.map(({ token }) => token)).size, 2000)
})

test('what a killed process had goes to another when its leases end: the same ids, one attempt more', async t => {
  const ledger = await createLedger(t)
  const outbox = ledger.open()
  await outbox.append(batch(messages(50)), Date.now())
  const replica = await startReplica(t, { LEDGER_URL: ledger.url, CLAIM_LEASE_MS: '1500' })
  const taken = await replica.claim()
  await replica.kill()
  const claims: Claim[] = []
  await until('the leases end', async () => {
    claims.push(...(await outbox.claim(room(100), Date.now(), HOUR)))
    return claims.length >= 50
  })
  assert.equal(taken.length, 50)
  assert.deepEqual(ids(claims).toSorted(), taken.map(({ id }) => id).toSorted())
  assert.deepEqual([...new Set(claims.map(({ attempt }) => attempt))], [2])
  const late = taken.map(({ id, token }) => ({
    token,
    messageId: id,
    destination: 'phone',
    at: Date.now(),
    answer: 'late',
    kind: 'dead' as const,
  }))
  assert.deepEqual((await outbox.settle(late)).toSorted(), taken.map(({ token }) => token).toSorted())
  const done = claims.map(claim => settlement(claim, Date.now(), { kind: 'delivered' }))
  assert.deepEqual(await outbox.settle(done), [])
})

for (const [what, ahead] of [
  ['ahead', HOUR],
  ['days ahead', 72 * HOUR],
  ['behind', -HOUR],
] as const) {
  test(`a replica whose clock is ${what} takes no lease of another before it ends by the database`, async t => {
    const ledger = await createLedger(t)
    const [right, wrong] = [ledger.open(), ledger.open()]
    await right.append(batch(messages(2)), Date.now() - 2 * HOUR)
    assert.equal((await right.claim(room(1), Date.now(), 60_000)).length, 1)
    assert.equal((await wrong.claim(room(1), Date.now() + ahead, 60_000)).length, 1)
    assert.deepEqual(await wrong.claim(room(2), Date.now() + ahead, 60_000), [])
    assert.deepEqual(await right.claim(room(2), Date.now(), 60_000), [])
    // An hour later, for the database.
    await ledger.query(`update fairlead.deliveries set lease_ends = lease_ends - interval '1 hour'`)
    const later = Date.now() + Math.max(0, ahead) + HOUR
    assert.equal((await right.claim(room(2), later, 60_000)).length, 2)
  })
}

test('claims with clocks that differ, at the same moment, share nothing', async t => {
  const ledger = await createLedger(t)
  const replicas = [ledger.open(), ledger.open()]
  await replicas[0]?.append(batch(messages(100)), Date.now() - 2 * HOUR)
  const calls = Array.from({ length: 16 }, (_, n) =>
    replicas[n % 2]?.claim(room(10), Date.now() + (n - 8) * 600_000, 60_000),
  )
  const claims = (await Promise.all(calls)).flatMap(each => each ?? [])
  assert.equal(claims.length, 100)
  assert.equal(new Set(ids(claims)).size, 100)
})
