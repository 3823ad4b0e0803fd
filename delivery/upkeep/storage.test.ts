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

test('the largest ledger allowed counts as a volume of its own', () => {
  const at = (bytes: number) => judge({ bytes, messages: 1 }, { volume: 0.1 }, { ...settings, maxSize: 1000 })
  assert.deepEqual([at(799).level, at(800).level, at(900).level], ['ok', 'warning', 'critical'])
  assert.equal(at(850).reason, 'ledger: 85 % in use')
})

const silent = { warn() {}, info() {} }

test('it is full at its size; what came in since the last look counts, until the next one', async () => {
  let bytes = 900
  const monitor = createStorageMonitor({
    outbox: { size: async () => ({ bytes, messages: 1 }) },
    folder: undefined,
    settings: () => ({ ...settings, maxSize: 1000 }),
    log: silent,
  })
  const seen = [monitor.isFull()]
  await monitor.look()
  monitor.added(99)
  seen.push(monitor.isFull())
  monitor.added(1)
  seen.push(monitor.isFull())
  bytes = 950 // it was less than estimated
  await monitor.look()
  seen.push(monitor.isFull())
  monitor.added(50)
  seen.push(monitor.isFull())
  assert.deepEqual(seen, [false, false, true, false, true])
})

test('what comes in during a look is not forgotten; without a limit nothing is ever full', async () => {
  let maxSize: number | undefined = 1000
  const monitor = createStorageMonitor({
    outbox: {
      async size() {
        monitor.added(100)
        return { bytes: 900, messages: 1 }
      },
    },
    folder: undefined,
    settings: () => ({ ...settings, maxSize }),
    log: silent,
  })
  await monitor.look()
  assert.equal(monitor.isFull(), true)
  maxSize = undefined
  assert.equal(monitor.isFull(), false)
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
