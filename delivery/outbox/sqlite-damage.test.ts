import assert from 'node:assert/strict'
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { batch, claimAll, message, messages, T } from './contract/sample.ts'
import type { SetAside } from './sqlite-open.ts'
import { inspect, openTestLedger, temporaryFolder } from './testing/sqlite.ts'

const now = () => T
const PAGE = 4096

/** What a disk does to a file, and how a ledger full of messages then looks to the one who opens it. */
const damages: [name: string, spoil: (file: string) => void, reason: RegExp][] = [
  ['holds something else', file => writeFileSync(file, 'this is no database '.repeat(500)), /not a database/],
  ['lost its end', file => truncateSync(file, 20 * PAGE), /malformed|quick_check/],
  ['has a page of noise', file => overwrite(file, 30), /malformed|quick_check/],
]

for (const [name, spoil, reason] of damages) {
  test(`a ledger that ${name} is set aside and reported, and a new one begun`, async t => {
    const file = join(temporaryFolder(t), 'outbox.db')
    await fill(file, t)
    spoil(file)
    const spoilt = readFileSync(file)
    const reported: SetAside[] = []
    const outbox = await openTestLedger(t, file, { now, onSetAside: what => reported.push(what) })
    await outbox.append(batch([message('new')]), T)
    assert.equal((await outbox.size()).messages, 1)
    const movedTo = `${file}.corrupt-20261120T120000Z`
    assert.deepEqual(
      reported.map(each => [each.file, each.movedTo]),
      [[file, movedTo]],
    )
    assert.match(reported[0]?.reason ?? '', reason)
    assert.deepEqual(outbox.setAside, reported)
    assert.equal(Buffer.compare(readFileSync(movedTo), spoilt), 0)
  })
}

test('damage that shows only when it is read sets the ledger aside at the next call', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  await fill(file, t)
  overwrite(file, 30)
  const reported: SetAside[] = []
  const outbox = await openTestLedger(t, file, { now, wholeCheckBytes: 0, onSetAside: what => reported.push(what) })
  const reads = Array.from({ length: 200 }, (_, n) => () => outbox.find(`m${n}`))
  await assert.rejects(
    async () => {
      for (const read of reads) await read()
    },
    { name: 'OutboxUnavailable', message: /malformed/ },
  )
  await outbox.append(batch([message('new')]), T)
  assert.equal(reported.length, 1)
  assert.equal((await outbox.size()).messages, 1)
})

test('whichever page is damaged, one call at most is refused before the ledger works again', async t => {
  const folder = temporaryFolder(t)
  let found = 0
  for (let page = 1; page < 15; page += 1) {
    const file = join(folder, `${page}.db`)
    await fill(file, t)
    overwrite(file, page)
    const outbox = await openTestLedger(t, file, { now, wholeCheckBytes: 0, onSetAside: () => {} })
    const calls = [() => outbox.counts(), () => claimAll(outbox, T), () => outbox.append(batch([message('new')]), T)]
    const refused: unknown[] = []
    for (const call of calls) await call().catch(error => refused.push(error))
    assert.ok(refused.length <= 1, `page ${page}: ${refused.join(', ')}`)
    await outbox.check()
    found += outbox.setAside.length
    await outbox.close()
  }
  assert.ok(found > 3, `${found} of 14 damages were seen`)
})

test('a second damaged ledger in the same second does not replace the first', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  for (const text of ['first', 'second']) {
    writeFileSync(file, `${text} `.repeat(500))
    const outbox = await openTestLedger(t, file, { now, onSetAside: () => {} })
    await outbox.check()
    await outbox.close()
  }
  const movedTo = `${file}.corrupt-20261120T120000Z`
  assert.match(readFileSync(movedTo, 'utf8'), /^first/)
  assert.match(readFileSync(`${movedTo}-2`, 'utf8'), /^second/)
})

test('its log goes with it', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  writeFileSync(file, 'no database '.repeat(500))
  writeFileSync(`${file}-wal`, 'a log')
  const outbox = await openTestLedger(t, file, { now, onSetAside: () => {} })
  await outbox.check()
  assert.equal(readFileSync(`${file}.corrupt-20261120T120000Z-wal`, 'utf8'), 'a log')
})

test('an empty file becomes a ledger without a word', async t => {
  const file = join(temporaryFolder(t), 'outbox.db')
  writeFileSync(file, '')
  const outbox = await openTestLedger(t, file)
  await outbox.check()
  assert.deepEqual(outbox.setAside, [])
  await outbox.close()
  assert.equal(existsSync(`${file}-wal`), false)
  const settings = inspect(file, db =>
    ['auto_vacuum', 'journal_mode', 'application_id'].flatMap(name =>
      Object.values(db.prepare(`pragma ${name}`).get() ?? {}),
    ),
  )
  assert.deepEqual(settings, [2, 'wal', 0x464c4f42])
})

async function fill(file: string, t: Parameters<typeof openTestLedger>[0]): Promise<void> {
  const outbox = await openTestLedger(t, file)
  await outbox.append(batch(messages(200, { text: 'x'.repeat(2000) })), T)
  await outbox.close()
}

function overwrite(file: string, page: number): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(PAGE, 0xa5), 0, PAGE, page * PAGE)
  closeSync(handle)
}
