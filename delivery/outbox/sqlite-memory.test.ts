import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { batch, message, messages, T } from './contract/sample.ts'
import { inspect, openTestLedger, temporaryFolder } from './testing/sqlite.ts'

test('keys whose time is over leave the file while new ones come, behind a long one too', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file)
  const append = (id: string, forMs: number, now: number) =>
    outbox.append(batch([message(id, { once: { key: id, forMs }, destinations: [] })]), now)
  await append('long', 1_000_000, T)
  for (let n = 0; n < 100; n += 1) await append(`short${n}`, 1000, T)
  for (let n = 0; n < 100; n += 1) await append(`later${n}`, 1000, T + 1000)
  await outbox.close()
  const left = inspect(file, db => db.prepare('select key from once order by n').all()).map(row => String(row.key))
  assert.ok(left.includes('long') && left.includes('later99'))
  assert.ok(left.filter(key => key.startsWith('short')).length < 10, `${left.length} keys are left`)
})

test('a key whose commit failed is free again in memory, too', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file)
  await outbox.append(batch([message('taken')]), T)
  const once = { once: { key: 'k', forMs: 1000 } }
  const calls = [batch([message('m1', once), message('taken')]), batch([message('m2', once)])]
  const [bad, good] = await Promise.allSettled(calls.map(each => outbox.append(each, T)))
  assert.equal(bad?.status, 'rejected')
  assert.deepEqual(good?.status === 'fulfilled' && good.value[0]?.id, 'm2')
})

test('counts and order are right after a round that was rolled back', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file)
  await outbox.append(batch([message('taken')]), T)
  const bad = batch([...messages(3, { destinations: ['phone', 'other'] }), message('taken')])
  const calls = [outbox.append(bad, T), outbox.append(batch([message('m5')]), T + 1), outbox.append(bad, T)]
  await Promise.allSettled(calls)
  const before = await outbox.counts()
  await outbox.close()
  const again = await openTestLedger(t, file)
  assert.deepEqual(before, [{ destination: 'phone', state: 'pending', count: 2, oldest: T }])
  assert.deepEqual(await again.counts(), before)
})
