import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { createStorageMonitor, judge } from './storage.ts'

const settings = { every: 1000, warning: 0.8, critical: 0.9, maxSize: undefined }
const size = { bytes: 1000, messages: 3 }

for (const [volume, inodes, level] of [
  [0.79, 0.1, 'ok'],
  [0.8, 0.1, 'warning'],
  [0.1, 0.8, 'warning'],
  [0.89, 0.1, 'warning'],
  [0.9, 0.85, 'critical'],
  [0.1, 0.9, 'critical'],
] as const) {
  test(`volume ${volume} and inodes ${inodes} are ${level}`, () => {
    assert.equal(judge(size, { volume, inodes }, settings).level, level)
  })
}

test('the largest ledger allowed counts as a volume of its own, and is full at its size', () => {
  const at = (bytes: number) => judge({ bytes, messages: 1 }, { volume: 0.1 }, { ...settings, maxSize: 1000 })
  assert.deepEqual([at(799).level, at(800).level, at(900).level], ['ok', 'warning', 'critical'])
  assert.deepEqual([at(999).isFull, at(1000).isFull], [false, true])
  assert.equal(at(850).reason, 'ledger: 85 % in use')
})

test('each change of level is told once', async () => {
  const told: string[] = []
  const log = { warn: (_: object, text: string) => told.push(text), info: (_: object, text: string) => told.push(text) }
  let critical = 0
  const monitor = createStorageMonitor({
    outbox: { size: async () => size },
    folder: tmpdir(),
    settings: () => ({ ...settings, warning: 0, critical }),
    log,
  })
  await monitor.look()
  await monitor.look()
  critical = 1
  await monitor.look()
  assert.deepEqual(told, ['storage is running out', 'storage is running out'])
  assert.equal(monitor.state().level, 'warning')
})

test('a ledger that cannot be measured leaves what was known, and says so', async () => {
  const told: string[] = []
  const monitor = createStorageMonitor({
    outbox: { size: async () => Promise.reject(new Error('locked')) },
    folder: undefined,
    settings: () => settings,
    log: { warn: (_: object, text: string) => told.push(text), info() {} },
  })
  await monitor.look()
  assert.deepEqual([told, monitor.state().level], [['the storage of the outbox cannot be read'], 'ok'])
})
