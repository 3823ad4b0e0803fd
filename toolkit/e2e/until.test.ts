import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './until.ts'

test('until asks on after an error, and tells the last answer when it gives up', async t => {
  let asked = 0
  const ask = async () => {
    asked += 1
    if (asked === 1) throw new Error('not there yet')
    return asked
  }
  assert.equal(await until('two', ask, answer => answer === 2, { signal: t.signal }), 2)
  await assert.rejects(
    until(
      'three',
      async () => ({ seen: 2 }),
      () => false,
      { signal: t.signal, deadlineMs: 0 },
    ),
    { message: 'three: not within 0 s; last seen: {"seen":2}' },
  )
  await assert.rejects(
    until(
      'four',
      () => Promise.reject(new Error('refused')),
      () => true,
      { signal: t.signal, deadlineMs: 0 },
    ),
    { message: 'four: not within 0 s; last seen: refused' },
  )
})

test('a stop ends the waiting with its own reason', async () => {
  const stop = new AbortController()
  const waiting = until(
    'nothing',
    async () => stop.abort(new Error('stopped by SIGINT')),
    () => false,
    { signal: stop.signal },
  )
  await assert.rejects(waiting, new Error('stopped by SIGINT'))
})

test('a stop while it waits for the next time ends the waiting with its own reason', async () => {
  const stop = new AbortController()
  const asked = Promise.withResolvers<void>()
  const waiting = until(
    'nothing',
    async () => asked.resolve(),
    () => false,
    { signal: stop.signal, everyMs: 60_000 },
  )
  await asked.promise
  setImmediate(() => stop.abort(new Error('stopped by SIGINT')))
  await assert.rejects(waiting, new Error('stopped by SIGINT'))
})
