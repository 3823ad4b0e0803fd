import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createLog } from '../../lib/log.ts'
import { createLedger } from '../outbox/testing/postgres.ts'
import { newMessage } from '../testing/dispatcher.ts'
import { temporaryFolder } from '../testing/process.ts'
import { openOutbox } from './outbox.ts'

const { log } = createLog({ name: 'test', level: 'silent' })
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

async function openAt(t: TestContext, path: string) {
  const before = process.umask(0)
  t.after(() => process.umask(before))
  const commits: number[] = []
  const { outbox } = await openOutbox({
    ...{ path, log, postgres: undefined, maxBytes: undefined, faults: {}, now: Date.now, onSetAside: () => {} },
    onCommit: messages => commits.push(messages),
  })
  t.after(() => outbox.close())
  await outbox.append({ messages: [newMessage('m1'), newMessage('m2')], state: [] }, Date.now())
  return commits
}

test('folders that are made for the ledger are for their owner alone, as is the file; a commit is told', async t => {
  const file = join(temporaryFolder(t), 'var', 'fairlead', 'outbox.db')
  assert.deepEqual(await openAt(t, file), [2])
  assert.deepEqual([dirname(dirname(file)), dirname(file), file].map(modeOf), ['700', '700', '600'])
})

test('a folder that is there keeps its mode', async t => {
  const folder = join(temporaryFolder(t), 'shared')
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  await openAt(t, join(folder, 'outbox.db'))
  assert.equal(modeOf(folder), '755')
})

test('a ledger in Postgres is not writable between two migrations, though its database is', async t => {
  const { address, query } = await createLedger(t)
  await query('drop table fairlead.unmatched')
  await query("delete from fairlead.migrations where name like '%list_unmatched'")
  const { outbox, prepare } = await openOutbox({
    ...{ path: '', log, postgres: address, maxBytes: undefined, faults: {}, now: Date.now, onSetAside: () => {} },
    onCommit: () => {},
  })
  t.after(() => outbox.close())
  await assert.rejects(outbox.check(), /its migrations are not done yet/)
  await prepare(t.signal)
  await outbox.check()
  await outbox.append({ messages: [newMessage('m1')], state: [] }, Date.now())
  assert.ok(await outbox.find('m1'))
})
