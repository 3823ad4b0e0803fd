import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { batch, claimAll, message, messages, settlement, T } from './contract/sample.ts'
import { openTestLedger, temporaryFolder } from './testing/sqlite.ts'

const onDisk = (file: string) =>
  ['', '-wal'].reduce((sum, part) => sum + (existsSync(file + part) ? statSync(file + part).size : 0), 0)

test('a prune makes the file smaller, and so does one after a crash that came before the vacuum', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file)
  await outbox.append(batch(messages(500, { text: 'x'.repeat(4000), destinations: [] })), T)
  await outbox.append(batch([message('stays')]), T)
  const full = onDisk(file)
  assert.ok(full > 2_000_000)
  assert.equal(await outbox.prune(T + 1, 250), 250)
  const half = onDisk(file)
  assert.ok(half < 0.6 * full, `${full} to ${half} bytes`)
  assert.equal(await outbox.prune(T + 1, 1000), 250)
  assert.ok(onDisk(file) < 0.15 * full, `${full} to ${onDisk(file)} bytes`)
  assert.equal((await outbox.size()).bytes, statSync(file).size)
})

test('new messages are taken while a large prune is under way', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file)
  await outbox.append(batch(messages(1000, { text: 'x'.repeat(4000) })), T)
  const claims = await claimAll(outbox, T)
  await outbox.settle(claims.map(each => settlement(each, T, { kind: 'delivered' })))
  let isDone = false
  const pruned = outbox.prune(T + 1, 1000).then(count => {
    isDone = true
    return count
  })
  await outbox.append(batch([message('first')]), T)
  await outbox.append(batch([message('second')]), T)
  assert.equal(isDone, false, 'the vacuum goes in steps, with commits in between')
  assert.equal(await pruned, 1000)
  assert.equal((await outbox.size()).messages, 2)
})
