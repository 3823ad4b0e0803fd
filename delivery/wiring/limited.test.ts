import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { batch, claimAll, message, T } from '../outbox/contract/sample.ts'
import { createLedger } from '../outbox/testing/postgres.ts'
import { createStorageMonitor } from '../upkeep/storage.ts'
import { limited } from './limited.ts'

const MIB = 1024 * 1024
const full = { name: 'OutboxUnavailable', message: 'the ledger has reached storage.maxSize' }

for (const [what, textBytes] of [
  ['small', 100],
  ['large', 40_000],
] as const) {
  test(`a burst of ${what} messages between two looks ends near the limit, and what is there is still delivered`, async t => {
    const ledger = await createLedger(t)
    const outbox = ledger.open({ leaseClock: 'caller' })
    const settings = { every: 3_600_000, warning: 0.8, critical: 0.9, maxSize: 4 * MIB }
    const log = { warn() {}, info() {} }
    const storage = createStorageMonitor({ outbox, folder: undefined, settings: () => settings, log })
    const guarded = limited(outbox, storage)
    await storage.look()
    const text = () => randomBytes(textBytes).toString('base64').slice(0, textBytes) // does not compress to nothing
    const fill = async () => {
      for (let n = 0; n < 20_000; n += 20) {
        const messages = Array.from({ length: 20 }, (_, each) => message(`m${n + each}`, { text: text() }))
        await guarded.append(batch(messages), T)
      }
    }
    await assert.rejects(fill(), full)
    const { bytes } = await outbox.size()
    assert.ok(bytes > 0.5 * settings.maxSize && bytes < 1.25 * settings.maxSize, `${bytes}`)
    await assert.rejects(guarded.check(), full)
    assert.notEqual((await claimAll(guarded, T)).length, 0)
    await outbox.check() // nothing is wrong but the limit
  })
}
