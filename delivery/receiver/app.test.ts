import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { alert, fluxEvent, notification } from '../testing/flux-event.ts'
import { hmacKey, setUp, token } from '../testing/receiver.ts'
import { createSource } from './source.ts'

test('an event of Flux is on disk when the answer is 202 with its id', async () => {
  const t = setUp()
  const answer = await t.post('/webhook', fluxEvent())
  assert.equal(answer.status, 202)
  assert.deepEqual(await answer.json(), { id: t.messages[0]?.id })
  assert.deepEqual(t.receptions, [['flux', 'accepted', 202]])
})

test('the same bytes again have the same id, other bytes another', async () => {
  const t = setUp()
  const ids: unknown[] = []
  for (const message of ['a', 'a', 'b']) ids.push(await (await t.post('/webhook', fluxEvent({ message }))).json())
  assert.deepEqual(ids[0], ids[1])
  assert.notDeepEqual(ids[0], ids[2])
  assert.deepEqual(t.fates, ['told', 'duplicate', 'folded'])
})

test('the alerts of a notification have an id each', async () => {
  const t = setUp()
  const answer = await t.post('/alertmanager', notification([alert(), alert({ fingerprint: 'b' })]))
  assert.equal(answer.status, 202)
  assert.deepEqual(await answer.json(), { ids: t.messages.map(message => message.id) })
})

test('F3: a signature is over the raw bytes, whatever they hold', async () => {
  const t = setUp()
  const text = 'a < b > c & d \u2028 \u2029 \u{1f6a8} é'
  const asGo = JSON.stringify(fluxEvent({ message: text }))
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
  const raw = JSON.stringify(fluxEvent({ message: `${text}!` }))
  for (const body of [asGo, raw]) {
    const signature = `sha256=${createHmac('sha256', hmacKey).update(body).digest('hex')}`
    const answer = await t.app.request('/webhook', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-signature': signature },
      body,
    })
    assert.equal(answer.status, 202)
  }
  assert.equal(t.messages[0]?.text, text)
})

test('invalid UTF-8 is no JSON, wherever it stands', async () => {
  const t = setUp()
  const [before = '', after = ''] = JSON.stringify(fluxEvent({ message: 'HERE' })).split('HERE')
  const body = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)])
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  assert.equal((await t.app.request('/webhook', { method: 'POST', headers, body })).status, 400)
  assert.equal(t.messages.length, 0)
})

test('a full ledger: 503 with Retry-After, and the same event later is told', async () => {
  const t = setUp()
  t.control.unavailable = true
  const answer = await t.post('/webhook', fluxEvent())
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'])
  t.control.unavailable = false
  assert.equal((await t.post('/webhook', fluxEvent())).status, 202)
  assert.deepEqual(t.fates, ['told'])
  assert.deepEqual(
    t.receptions.map(([, reception]) => reception),
    ['unavailable', 'accepted'],
  )
})

test('a ledger that does not answer: 503, and what it keeps in the end is one message', async () => {
  const t = setUp({ answerWithinMs: 1 })
  let open = () => {}
  t.control.gate = new Promise(resolve => {
    open = resolve
  })
  assert.equal((await t.post('/webhook', fluxEvent())).status, 503)
  open()
  t.control.gate = undefined
  await new Promise(setImmediate)
  const again = setUp({ intake: t.intake })
  assert.equal((await again.post('/webhook', fluxEvent())).status, 202)
  assert.equal(t.messages.length, 1)
})

test('a mistake of ours: 500 without its text, which is for the log', async () => {
  const t = setUp({ intake: { accept: () => Promise.reject(new Error('boom')) } })
  const answer = await t.post('/webhook', fluxEvent())
  assert.equal(answer.status, 500)
  assert.deepEqual(await answer.json(), { title: 'internal server error', status: 500 })
  assert.match(t.lines.join(), /^the request failed /)
  assert.deepEqual(t.receptions, [['flux', 'failed', 500]])
})

test('F15: no answer and no line of the log holds a credential', async () => {
  const t = setUp()
  const answers = [
    await t.post('/webhook', '{', {}),
    await t.post('/webhook', fluxEvent(), { authorization: `Bearer ${token}x` }),
    await t.post('/webhook', fluxEvent(), { authorization: '', 'x-signature': hmacKey }),
    await t.post('/nowhere', fluxEvent()),
  ]
  const texts = await Promise.all(
    answers.map(async answer => `${await answer.text()}${JSON.stringify([...answer.headers])}`),
  )
  assert.equal(
    [...texts, ...t.lines].some(text => text.includes('s3cr3t')),
    false,
  )
})

test('a source of its own path and name', async () => {
  const own = createSource({ name: 'edge', type: 'flux', path: '/edge', token })
  const t = setUp({ sources: () => [own] })
  assert.equal((await t.post('/edge', fluxEvent())).status, 202)
  assert.deepEqual([t.messages[0]?.input, t.messages[0]?.source], ['edge', '/edge/kustomize-controller'])
  assert.equal((await t.post('/webhook', fluxEvent())).status, 404)
})

test('what is refused is lost, so that the log says why, once', async () => {
  const t = setUp()
  await t.post('/webhook', { ...fluxEvent(), reason: '' })
  assert.deepEqual(t.lines, [
    'a request was refused {"source":"flux","status":400,"detail":"reason: expected text that is not empty, got \\"\\""}',
  ])
})
