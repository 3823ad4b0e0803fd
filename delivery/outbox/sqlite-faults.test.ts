import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { about, batch, claimAll, message, messages, settlement, T } from './contract/sample.ts'
import { openTestLedger, temporaryFolder } from './testing/sqlite.ts'

const unavailable = (message: RegExp) => ({ name: 'OutboxUnavailable', message })

test('on a full disk nothing is acknowledged and nothing is kept; with room again it goes on without a restart', async t => {
  const disk = smallDisk(t)
  if (!disk) return
  const { folder, remount } = disk
  const file = join(folder, 'outbox.db')
  const outbox = await openTestLedger(t, file)
  const kept: string[] = []
  await assert.rejects(
    async () => {
      for (let n = 0; n < 1000; n += 1) {
        await outbox.append(batch([message(`m${n}`, { ...about(`m${n}`), text: 'x'.repeat(5000) })]), T)
        kept.push(`m${n}`)
      }
    },
    unavailable(/no room left for the ledger .*free space/),
  )
  assert.ok(kept.length > 10)
  await assert.rejects(
    outbox.append(batch(messages(3, { destinations: ['new'], text: 'x'.repeat(9000) }, 'refused')), T),
    unavailable(/no room/),
  )
  await assert.rejects(outbox.check(), unavailable(/no room/))
  remount('size=16m')
  await outbox.check()
  await outbox.append(batch([message('after', { destinations: ['new'] })]), T)
  assert.deepEqual(await outbox.counts(), [
    { destination: 'phone', state: 'pending', count: kept.length, oldest: T },
    { destination: 'new', state: 'pending', count: 1, oldest: T },
  ])
  assert.equal((await claimAll(outbox, T)).length, kept.length)
})

test('a disk that is mounted read-only makes it unavailable until it can be written', async t => {
  const disk = smallDisk(t)
  if (!disk) return
  const { folder, remount } = disk
  const file = join(folder, 'outbox.db')
  const before = await openTestLedger(t, file)
  await before.append(batch([message('m1')]), T)
  await before.close()
  remount('ro')
  const outbox = await openTestLedger(t, file)
  await assert.rejects(outbox.check(), unavailable(/cannot be written/))
  await assert.rejects(outbox.append(batch([message('m2')]), T), unavailable(/cannot be written/))
  remount('rw')
  await outbox.append(batch([message('m3')]), T)
  assert.equal((await outbox.size()).messages, 2)
})

test('a folder that is missing makes it unavailable until it is there', async t => {
  const folder = join(temporaryFolder(t), 'later')
  const outbox = await openTestLedger(t, join(folder, 'outbox.db'))
  await assert.rejects(outbox.append(batch([message('m1')]), T), unavailable(/cannot be written.*its folder exists/))
  mkdirSync(folder)
  await outbox.check()
  await outbox.append(batch([message('m1')]), T)
})

test('only one may have the file: a second one is told so, and gets it when the first has gone', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const first = await openTestLedger(t, file)
  await first.check()
  const second = await openTestLedger(t, file, { busyTimeoutMs: 10 })
  await assert.rejects(second.check(), unavailable(/in use by another process/))
  await assert.rejects(second.append(batch([message('m1')]), T), unavailable(/in use by another process/))
  await first.append(batch([message('m1')]), T)
  await first.close()
  await second.check()
  assert.equal((await second.size()).messages, 1)
})

test('a database of another program, or of a newer version, is refused and left as it is', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'other.db')
  const other = new DatabaseSync(file)
  other.exec('create table theirs (a)')
  other.close()
  await assert.rejects((await openTestLedger(t, file)).check(), unavailable(/another program/))
  const newer = join(folder, 'newer.db')
  const ours = await openTestLedger(t, newer)
  await ours.append(batch([message('m1')]), T)
  await ours.close()
  const raised = new DatabaseSync(newer)
  raised.exec('pragma user_version = 3')
  raised.close()
  await assert.rejects((await openTestLedger(t, newer)).check(), unavailable(/schema version 3, expected 2/))
})

test('beyond maxBytes new messages are refused, deliveries go on, and room is made by removing', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file, { maxBytes: 400_000 })
  const fill = (n: number) => outbox.append(batch([message(`m${n}`, { ...about(`m${n}`), text: 'x'.repeat(9000) })]), T)
  let count = 0
  await assert.rejects(
    async () => {
      for (; count < 1000; count += 1) await fill(count)
    },
    unavailable(/full: \d+ of 400000 bytes/),
  )
  assert.ok((await outbox.size()).bytes < 500_000)
  await assert.rejects(outbox.check(), unavailable(/full/))
  const claims = await claimAll(outbox, T)
  assert.equal(claims.length, count)
  assert.deepEqual(await outbox.settle(claims.map(each => settlement(each, T, { kind: 'delivered' }))), [])
  assert.equal(await outbox.prune(T + 1, 1000), count)
  await fill(count)
  await outbox.check()
})

test('when its thread ends, what was under way is unavailable, and the next call finds the ledger again', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  const outbox = await openTestLedger(t, file, { faults: { endThreadAt: 'before-settle' } })
  await outbox.append(batch([message('m1')]), T)
  const claims = await claimAll(outbox, T)
  const outcome = outbox.settle(claims.map(each => settlement(each, T, { kind: 'delivered' })))
  await assert.rejects(outcome, unavailable(/thread of the ledger .* failed/))
  await outbox.append(batch([message('m2')]), T)
  assert.equal((await outbox.size()).messages, 2)
})

/** A file system of one megabyte in memory, that can be made larger or read-only. Who may not mount one skips the test. */
function smallDisk(t: TestContext): { folder: string; remount(options: string): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-disk-'))
  const { status, error } = spawnSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m', 'outbox-test', folder])
  t.after(() => {
    if (status === 0) execFileSync('/usr/bin/umount', ['--lazy', folder])
    rmSync(folder, { recursive: true })
  })
  if (status !== 0) {
    t.skip(`needs the right to mount a file system, as root on Linux has (${error?.message ?? `mount: ${status}`})`)
    return undefined
  }
  return { folder, remount: options => execFileSync('/usr/bin/mount', ['-o', `remount,${options}`, folder]) }
}
