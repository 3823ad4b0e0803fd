import assert from 'node:assert/strict'
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { batch, message, T } from './contract/sample.ts'
import { inspect, openTestLedger, temporaryFolder } from './testing/sqlite.ts'

const modesIn = (folder: string) =>
  readdirSync(folder).map(name => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)])

function setUmask(t: TestContext, mask: number): void {
  const before = process.umask(mask)
  t.after(() => process.umask(before))
}

for (const mask of [0, 0o022, 0o277]) {
  test(`under umask ${mask.toString(8)} a new ledger and its log are for their owner alone`, async t => {
    const folder = temporaryFolder(t)
    setUmask(t, mask)
    const outbox = await openTestLedger(t, join(folder, 'outbox.db'))
    await outbox.append(batch([message('m1')]), T)
    assert.deepEqual(modesIn(folder), [
      ['outbox.db', '600'],
      ['outbox.db-wal', '600'],
    ])
  })
}

test('the mode of a ledger that is there stays, and so does that of one set aside; the one after it is private', async t => {
  const folder = temporaryFolder(t)
  setUmask(t, 0)
  const file = join(folder, 'outbox.db')
  writeFileSync(file, 'this is no database '.repeat(500))
  chmodSync(file, 0o640)
  const damaged = await openTestLedger(t, file, { now: () => T, onSetAside: () => {} })
  await damaged.check()
  await damaged.close()
  assert.deepEqual(modesIn(folder), [
    ['outbox.db', '600'],
    ['outbox.db.corrupt-20261120T120000Z', '640'],
  ])
  chmodSync(file, 0o660)
  const shared = await openTestLedger(t, file)
  await shared.check()
  await shared.close()
  assert.equal(modesIn(folder)[0]?.[1], '660')
})

test('a ledger of the version before lists what it held when it is opened', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file)
  await outbox.append(batch([message('m1', { destinations: [] }), message('told')]), T)
  await outbox.close()
  inspect(file, db => db.exec('drop table unmatched; pragma user_version = 1'))
  const later = await openTestLedger(t, file)
  await later.append(batch([message('m2', { destinations: [] })]), T)
  assert.deepEqual(
    (await later.listUnmatched({})).map(each => each.id),
    ['m1', 'm2'],
  )
  assert.equal((await later.counts())[0]?.count, 1)
})
