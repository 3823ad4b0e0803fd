import assert from 'node:assert/strict'
import { test } from 'node:test'
import { again } from './again.ts'

const fault = (stderr: string) => ({ code: 1, stdout: '', stderr })
const good = { code: 0, stdout: 'good', stderr: '' }
const delaysMs = [0, 0]

async function play(exits: (typeof good)[], signal: AbortSignal) {
  let calls = 0
  const last = await again(async () => exits[calls++] ?? good, { signal, delaysMs })
  return { calls, last }
}

const faults = [
  'Error: Post "https://fulcio": read: connection reset by peer',
  'Error: Fulcio returned 503: {}',
  'Error: unexpected status code 502 Bad Gateway',
  'Error: GET https://registry: unexpected status code 429 Too Many Requests',
  'Error: context deadline exceeded',
]
for (const stderr of faults) {
  test(`tried again: ${stderr}`, async t => {
    assert.deepEqual(await play([fault(stderr), good], t.signal), { calls: 2, last: good })
  })
}

test('a fault that stays is told after the third try', async t => {
  const exit = fault('Fulcio returned 503: {}')
  assert.deepEqual(await play([exit, exit, exit, good], t.signal), { calls: 3, last: exit })
})

for (const stderr of [
  'Error: no signatures found',
  'Error: Fulcio returned 400: {}',
  'connection refused',
  'decryption failed',
]) {
  test(`final: ${stderr}`, async t => {
    const exit = fault(stderr)
    assert.deepEqual(await play([exit, good], t.signal), { calls: 1, last: exit })
  })
}

test('who stops does not wait for the next try', async () => {
  const stop = new AbortController()
  const work = async () => {
    stop.abort(new Error('stopped'))
    return fault('i/o timeout')
  }
  await assert.rejects(again(work, { signal: stop.signal, delaysMs: [60_000] }), { name: 'AbortError' })
})
