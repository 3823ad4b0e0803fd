import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about, batch, claimAll, ids, message, messages, T } from './contract/sample.ts'
import { createLedger } from './testing/postgres.ts'

test('what Postgres cannot hold is refused alone, and says so', async t => {
  const outbox = (await createLedger(t)).open()
  // Random, because an index packs what repeats.
  const id = Array.from({ length: 20_000 }, (_, n) => ((n * 7919) ** 3 % 1e9).toString(36)).join('')
  const results = await Promise.allSettled([
    outbox.append(batch([message('m1')]), T),
    outbox.append(batch([message(id)]), T),
    outbox.append(batch([message('m2', about('b'))]), T),
  ])
  assert.deepEqual(
    results.map(each => each.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  await assert.rejects(outbox.append(batch([message(id)]), T), {
    name: 'Error',
    message: 'this batch does not fit into Postgres',
  })
})

test('ids, keys and names with any character, and of any length where there is a choice, keep apart', async t => {
  const outbox = (await createLedger(t)).open()
  const strange = ['\u0000', '\\u0000', '\ud800', '"', '\\', 'ü', '😀', '{}', '}'.repeat(3)]
  const long = 'x'.repeat(5000)
  const written = [
    ...strange.map(each => message(`id ${each}`, { ...about(each), destinations: [`to ${each}`] })),
    ...['a', 'b'].map(end => message(end, { ...about(long + end), once: { key: long + end, forMs: 1000 } })),
  ]
  const answers = await outbox.append(
    batch(
      written,
      strange.map(key => ({ scope: '\u0000', key, bytes: new Uint8Array([1]) })),
    ),
    T,
  )
  assert.deepEqual(
    answers.map(({ id, duplicate }) => [id, duplicate]),
    written.map(({ id }) => [id, false]),
  )
  for (const each of strange) {
    const [claim, ...others] = await claimAll(outbox, T, `to ${each}`)
    assert.deepEqual(
      [claim?.message.id, claim?.destination, claim?.message.subject.name, others],
      [`id ${each}`, `to ${each}`, each, []],
    )
  }
  assert.deepEqual((await outbox.listState('\u0000')).map(({ key }) => key).toSorted(), strange.toSorted())
})

test('a once key that two replicas use at the same moment is used once, and both are told the same', async t => {
  const ledger = await createLedger(t)
  const replicas = [ledger.open(), ledger.open()]
  for (let round = 0; round < 20; round++) {
    const once = { key: `key ${round}`, forMs: 1000 }
    const answers = await Promise.all(
      replicas.map((outbox, n) => outbox.append(batch([message(`${round} ${n}`, { once })]), T)),
    )
    assert.equal(new Set(answers.flat().map(({ id }) => id)).size, 1)
    assert.deepEqual(
      answers
        .flat()
        .map(({ duplicate }) => duplicate)
        .toSorted(),
      [false, true],
    )
  }
})

test('a batch that two replicas get at the same moment is written once', async t => {
  const ledger = await createLedger(t)
  const replicas = [ledger.open(), ledger.open()]
  for (let round = 0; round < 20; round++) {
    const same = messages(3, {}, `r${round}-`)
    const answers = await Promise.all([
      replicas[0]?.append(batch(same), T),
      replicas[1]?.append(batch(same.toReversed()), T),
    ])
    assert.equal(answers.flat().filter(each => each?.duplicate === false).length, 3)
  }
  const [outbox] = replicas
  assert.ok(outbox)
  assert.equal(new Set(ids(await claimAll(outbox, T))).size, 60)
})

test('an answer means "on disk", whatever the default of the server is', async t => {
  const ledger = await createLedger(t)
  await ledger.query(
    `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`,
  )
  await ledger.query(`create table seen (setting text);
    create function see() returns trigger language plpgsql as $$
      begin insert into seen values (current_setting('synchronous_commit')); return null; end $$;
    create trigger see after insert on fairlead.messages for each statement execute function see()`)
  await ledger.open().append(batch([message('m1')]), T)
  assert.deepEqual(await ledger.query('select setting from seen'), [{ setting: 'on' }])
})
