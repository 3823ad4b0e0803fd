import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstAttempt, local, sampleMessage, sinkTools } from '../testing/sink.ts'
import { answer, startSinkServer } from '../testing/sink-server.ts'
import { verdictOf } from './status.ts'
import { createWebhookSink } from './webhook.ts'

const rows: [meaning: string, statuses: number[]][] = [
  ['delivered success', [200, 201, 202, 204, 206, 226, 299]],
  ['rejected redirect', [300, 301, 302, 303, 304, 307, 308, 399]],
  ['retry normal client', [408, 425]],
  ['retry overload throttled', [429]],
  ['retry normal server', [500, 502, 503, 504, 506, 507, 508, 509, 510, 511, 520, 524, 529, 530, 599]],
  ['rejected server', [501, 505]],
  ['retry configuration auth', [401, 403]],
  ['retry configuration missing', [404]],
  ['gone gone', [410]],
  ['rejected client', [400, 402, 405, 406, 407, 409, 411, 412, 413, 414, 415, 422, 423, 424, 426, 428, 431, 451, 499]],
  ['rejected client', [600, 999]],
]

const meaningOf = (status: number) => {
  const verdict = verdictOf(status)
  return [verdict.kind, verdict.kind === 'retry' ? verdict.schedule : '', verdict.class].filter(Boolean).join(' ')
}

for (const [meaning, statuses] of rows) {
  test(`${statuses.join(', ')}: ${meaning}`, () => {
    for (const status of statuses) assert.equal(meaningOf(status), meaning, String(status))
  })
}

test('every status from 200 to 599 that a server sends comes to its meaning', async t => {
  const server = await startSinkServer(t)
  const sink = createWebhookSink({ ...local, url: server.url }, sinkTools())
  t.after(() => sink.close())
  for (let status = 200; status < 600; status += 1) {
    server.behave(answer(status, [204, 304].includes(status) ? '' : 'because'))
    const outcome = await sink.send(sampleMessage(), firstAttempt())
    const meaning = [outcome.kind, outcome.kind === 'retry' ? outcome.schedule : '', outcome.class]
    assert.equal(meaning.filter(Boolean).join(' '), meaningOf(status), String(status))
    assert.ok(outcome.answer.startsWith(String(status)))
  }
  assert.equal(server.received.length, 400)
})

test('Retry-After is handed on with any failure that is tried again, and not when it says nothing', async t => {
  const server = await startSinkServer(t)
  const sink = createWebhookSink({ ...local, url: server.url }, sinkTools())
  t.after(() => sink.close())
  const asked = async (status: number, header: string) => {
    server.behave(answer(status, '', { 'retry-after': header }))
    const outcome = await sink.send(sampleMessage(), firstAttempt())
    return outcome.kind === 'retry' ? outcome.afterMs : outcome.kind
  }
  assert.equal(await asked(429, '7'), 7000)
  assert.equal(await asked(503, 'Fri, 20 Nov 2026 12:01:00 GMT'), 60_000)
  assert.equal(await asked(401, '7'), 7000)
  assert.equal(await asked(503, '-1'), undefined)
  assert.equal(await asked(400, '7'), 'rejected')
})
