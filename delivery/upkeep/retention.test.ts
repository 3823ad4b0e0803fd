import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRetention } from './retention.ts'

const T = Date.UTC(2026, 10, 20, 12)

/** Retention over an outbox that has so many old messages. */
function start(old: number, { enabled = true, fails = false } = {}) {
  const asked: [before: number, limit: number][] = []
  const told: string[] = []
  const runs: [string, number][] = []
  const ending = new AbortController()
  let left = old
  const run = createRetention({
    outbox: {
      async prune(before, limit) {
        asked.push([before, limit])
        if (fails) throw new Error('locked')
        const pruned = Math.min(limit, left)
        left -= pruned
        return pruned
      },
    },
    settings: () => ({ enabled, delivered: 1000, every: 1000 }),
    now: () => T,
    log: { info: (_fields, text) => told.push(text), error: (_fields, text) => told.push(text) },
    onRun: (result, pruned) => runs.push([result, pruned]),
    signal: ending.signal,
  })
  return { run, asked, told, runs, ending }
}

test('it removes in small steps until nothing old is left', async () => {
  const { run, asked, runs } = start(1200)
  await run()
  assert.deepEqual(asked, [
    [T - 1000, 500],
    [T - 1000, 500],
    [T - 1000, 500],
  ])
  assert.deepEqual(runs, [['ok', 1200]])
})

test('a stop ends it between two steps', async () => {
  const { run, asked, ending } = start(5000)
  ending.abort()
  await run()
  assert.equal(asked.length, 0)
})

test('turned off it asks nothing', async () => {
  const { run, asked, runs } = start(10, { enabled: false })
  await run()
  assert.deepEqual([asked, runs], [[], []])
})

test('a failure is told and counted, and is over', async () => {
  const { run, runs, told } = start(10, { fails: true })
  await run()
  assert.deepEqual([runs, told], [[['failed', 0]], ['retention failed; it will run again']])
})
