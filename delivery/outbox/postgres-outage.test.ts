import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, claimAll, ids, message, messages, T } from './contract/sample.ts'
import { createLedger, endConnections, type Ledger, until } from './testing/postgres.ts'
import { createTcpProxy } from './testing/tcp-proxy.ts'

const unavailable = { name: 'OutboxUnavailable' }

/** Ends the connection that waits for a lock which the test holds. */
const endWaiting = ({ query }: Ledger) =>
  until('a statement waits', async () => {
    await query('select pg_stat_clear_snapshot()') // a transaction sees the same activity to its end
    const rows = await query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'fairlead-delivery' and wait_event_type = 'Lock'`)
    return rows.length > 0
  })

test('a connection that ends in the middle of an append: rejected, nothing kept, and the retry writes it', async t => {
  const ledger = await createLedger(t)
  const outbox = ledger.open({ leaseClock: 'caller' })
  await ledger.query('begin; lock table fairlead.deliveries in exclusive mode')
  const lost = assert.rejects(outbox.append(batch(messages(3)), T), unavailable)
  await endWaiting(ledger)
  await lost
  await ledger.query('rollback')
  assert.equal((await outbox.size()).messages, 0)
  const answers = await outbox.append(batch(messages(3)), T)
  assert.deepEqual(
    answers.map(({ duplicate }) => duplicate),
    [false, false, false],
  )
})

test('a connection that ends in the middle of a claim: rejected, nothing lent, and the next claim gets it', async t => {
  const ledger = await createLedger(t)
  const outbox = ledger.open({ leaseClock: 'caller' })
  await outbox.append(batch(messages(3)), T)
  await ledger.query('begin; lock table fairlead.deliveries in exclusive mode')
  const lost = assert.rejects(claimAll(outbox, T), unavailable)
  await endWaiting(ledger)
  await lost
  await ledger.query('rollback')
  const claims = await claimAll(outbox, T)
  assert.deepEqual(
    claims.map(({ attempt }) => attempt),
    [1, 1, 1],
  )
})

test('an append whose answer got lost was kept; its retry is answered and writes nothing', async t => {
  const ledger = await createLedger(t)
  const proxy = await createTcpProxy(t, ledger.address)
  const outbox = ledger.open({ address: { ...ledger.address, port: proxy.port }, leaseClock: 'caller', poolSize: 1 })
  // Prepares the statement, so that the next one needs no answer in between.
  await outbox.append(batch([], [{ scope: 'cursor', key: 'k', bytes: undefined }]), T)
  proxy.mute()
  const lost = assert.rejects(outbox.append(batch(messages(3)), T), unavailable)
  await until('it is committed', async () => (await ledger.query('select from fairlead.messages')).length === 3)
  proxy.cut()
  await lost
  const retry = () => outbox.append(batch(messages(3)), T)
  const answers = await retry()
  assert.deepEqual(
    answers.map(({ id, duplicate }) => [id, duplicate]),
    [
      ['m0', true],
      ['m1', true],
      ['m2', true],
    ],
  )
  assert.equal((await outbox.size()).messages, 3)
  assert.deepEqual(ids(await claimAll(outbox, T)), ['m0', 'm1', 'm2'])
})

test('a server that says nothing any more is given up in time, and found again', async t => {
  const ledger = await createLedger(t)
  const proxy = await createTcpProxy(t, ledger.address)
  const outbox = ledger.open({ address: { ...ledger.address, port: proxy.port }, timeoutMs: 500, poolSize: 1 })
  await outbox.check()
  proxy.mute()
  await assert.rejects(outbox.check(), /gave no answer within 500 ms/)
  await until('it answers again', () =>
    outbox.check().then(
      () => true,
      () => false,
    ),
  )
})

test('a server that was away, or ended every connection, is used again without a restart of ours', async t => {
  const ledger = await createLedger(t)
  const proxy = await createTcpProxy(t, ledger.address)
  const outbox = ledger.open({ address: { ...ledger.address, port: proxy.port }, leaseClock: 'caller' })
  await outbox.append(batch([message('before')]), T)
  await proxy.down()
  await assert.rejects(outbox.append(batch([message('during')]), T), unavailable)
  await assert.rejects(claimAll(outbox, T), unavailable)
  await proxy.up()
  const append = (id: string) =>
    outbox.append(batch([message(id)]), T).then(
      () => true,
      () => false,
    )
  await until('it is back', () => append('after'))
  await endConnections(ledger)
  await until('it is back again', () => append('after-all'))
  assert.deepEqual(ids(await claimAll(outbox, T)), ['before', 'after', 'after-all'])
})

test('a database that cannot be written fails the check and keeps nothing, and recovers', async t => {
  const ledger = await createLedger(t)
  const outbox = ledger.open({ leaseClock: 'caller' })
  const setReadOnly = async (value: 'on' | 'off') => {
    await ledger.query(`do $$ begin
      execute format('alter database %I set default_transaction_read_only = ${value}', current_database()); end $$`)
    await endConnections(ledger)
  }
  await outbox.append(batch([message('m1')]), T)
  await setReadOnly('on')
  const isFound = () => outbox.find('m1').catch(() => undefined)
  await until('it reads', isFound)
  await assert.rejects(outbox.check(), unavailable)
  await assert.rejects(outbox.append(batch([message('m2')]), T), unavailable)
  // The client of the test is a session from before, so it may still write.
  await setReadOnly('off')
  await until('it reads', isFound)
  await outbox.check()
  assert.equal(await outbox.find('m2'), undefined)
})
