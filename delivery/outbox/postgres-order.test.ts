import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  about,
  batch,
  claimAll,
  claimOrdered,
  ids,
  LEASE,
  message,
  messages,
  settlement,
  T,
} from './contract/sample.ts'
import type { Outbox } from './outbox.ts'
import { createLedger } from './testing/postgres.ts'

test('four workers on two replicas keep the order of every subject while more comes in', async t => {
  const ledger = await createLedger(t)
  const replicas = [ledger.open({ leaseClock: 'caller' }), ledger.open({ leaseClock: 'caller' })]
  const subjects = ['a', 'b', 'c']
  const total = 120
  const inFlight = new Set<string>()
  const told = new Map<string, number[]>(subjects.map(name => [name, []]))
  let done = 0
  const work = async (outbox: Outbox) => {
    while (done < total) {
      const claims = await claimOrdered(outbox, T, 3)
      for (const { message } of claims) {
        const { name } = message.subject
        assert.ok(!inFlight.has(name), `two of ${name} at a time`)
        inFlight.add(name)
        told.get(name)?.push(message.sequence)
      }
      for (const claim of claims) {
        inFlight.delete(claim.message.subject.name)
        const kind = claim.message.sequence % 5 === 0 ? 'dead' : 'delivered'
        assert.deepEqual(await outbox.settle([settlement(claim, T, { kind })]), [])
        done += 1
      }
    }
  }
  const write = async (outbox: Outbox, writer: number) => {
    for (let n = 0; n < total / 2; n++)
      await outbox.append(batch([message(`${writer}-${n}`, about(subjects[n % 3] ?? ''))]), T)
  }
  await Promise.all([...replicas.flatMap(outbox => [work(outbox), work(outbox)]), ...replicas.map(write)])
  for (const [name, sequences] of told) {
    assert.equal(sequences.length, total / 3, name)
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
      name,
    )
  }
})

test('a backlog of one subject is put aside, and comes one by one', async t => {
  const ledger = await createLedger(t)
  const outbox = ledger.open({ leaseClock: 'caller' })
  await outbox.append(batch(messages(3000, about('a'))), T)
  const told: string[] = []
  for (let n = 0; n < 5; n++) {
    const claims = await claimOrdered(outbox, T, 8)
    told.push(...ids(claims))
    await outbox.settle(claims.map(claim => settlement(claim, T, { kind: n === 2 ? 'dead' : 'delivered' })))
  }
  assert.deepEqual(told, ['m0', 'm1', 'm2', 'm3', 'm4'])
  const [row] = await ledger.query(
    `select count(*)::int from fairlead.deliveries where state = 'pending' and not behind`,
  )
  assert.deepEqual(row, { count: 1 })
})

test('what was put aside is called back when the one before it is discarded, and when order is given up', async t => {
  const outbox = (await createLedger(t)).open({ leaseClock: 'caller' })
  await outbox.append(batch(messages(5, about('a'))), T)
  const [head] = await claimOrdered(outbox, T)
  assert.deepEqual(await claimOrdered(outbox, T), [])
  await outbox.settle([settlement(head, T, { kind: 'retry', nextAttemptAt: T + LEASE })])
  assert.equal(await outbox.discard({ messageId: 'm0' }, T), 1)
  assert.deepEqual(ids(await claimOrdered(outbox, T)), ['m1'])
  assert.equal(await outbox.discard({ messageId: 'm2' }, T), 1)
  assert.deepEqual(ids(await claimAll(outbox, T)), ['m3', 'm4'])
})

test('two workers never have two of a subject, whatever is replayed meanwhile', async t => {
  const ledger = await createLedger(t)
  const replicas = [ledger.open({ leaseClock: 'caller' }), ledger.open({ leaseClock: 'caller' })]
  const [outbox] = replicas
  assert.ok(outbox)
  await outbox.append(batch(messages(10, about('a'))), T)
  const [head] = await claimOrdered(outbox, T)
  await outbox.settle([settlement(head, T, { kind: 'dead' })])
  for (let round = 0; round < 20; round++) {
    const [claims] = await Promise.all([
      Promise.all(replicas.map(each => claimOrdered(each, T, 4))),
      outbox.replay({}, T, 0),
    ])
    const taken = claims.flat()
    assert.ok(taken.length <= 1, ids(taken).join())
    await outbox.settle(taken.map(claim => settlement(claim, T, { kind: 'dead' })))
  }
})
