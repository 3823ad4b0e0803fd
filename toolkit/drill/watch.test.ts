import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './watch.ts'

const soon = { signal: new AbortController().signal, deadlineMs: 60_000, what: 'the alert' }

test('it looks until there is something, whoever cannot be asked meanwhile', async () => {
  let looks = 0
  const found = await until(soon, async () => {
    looks++
    if (looks === 1) throw new Error('fetch failed')
    return looks < 3 ? { seen: 'nothing' } : { found: looks }
  })
  assert.equal(found, 3)
})

test('what never comes is told with what was seen last', async () => {
  await assert.rejects(
    until({ ...soon, deadlineMs: 0 }, async () => ({ seen: 'it is pending there' })),
    new Error('the alert: not within 0 s; it is pending there'),
  )
})

test('a stop ends the waiting with its own reason', async () => {
  const stop = new AbortController()
  const waiting = until({ ...soon, signal: stop.signal }, async () => {
    stop.abort(new Error('stopped by SIGINT'))
    return { seen: 'nothing' }
  })
  await assert.rejects(waiting, new Error('stopped by SIGINT'))
})
