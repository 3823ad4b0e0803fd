import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { findUnmatched } from './sqlite-unmatched.ts'
import { inspect, openTestLedger, temporaryFolder } from './testing/sqlite.ts'

test('a list of the unmatched goes along their own table and looks up each message by its key', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file)
  await outbox.check()
  await outbox.close()
  const plan = inspect(file, db => db.prepare(`explain query plan ${findUnmatched}`).all()).map(row => row.detail)
  assert.ok(plan.includes('SEARCH unmatched USING INTEGER PRIMARY KEY (rowid>?)'), plan.join('; '))
  assert.ok(plan.includes('SEARCH m USING INTEGER PRIMARY KEY (rowid=?)'), plan.join('; '))
  assert.ok(!plan.some(step => /^SCAN messages|^SCAN m\b|TEMP B-TREE/.test(String(step))), plan.join('; '))
})
