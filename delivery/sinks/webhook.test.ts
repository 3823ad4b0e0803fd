import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { parseSecret, verify } from '../../lib/standard-webhooks.ts'
import { firstAttempt, local, sampleMessage, sinkTools, T } from '../testing/sink.ts'
import { answer, startSinkServer } from '../testing/sink-server.ts'
import { createWebhookSink, type WebhookOptions } from './webhook.ts'

const secretOf = (text: string) => `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`
const newer = secretOf('s3cr3t-signing-key-newer')
const older = secretOf('s3cr3t-signing-key-older')

async function start(t: TestContext, options: Partial<WebhookOptions> = {}) {
  const server = await startSinkServer(t)
  const tools = sinkTools()
  const sink = createWebhookSink({ ...local, url: `${server.url}/in`, ...options }, tools)
  t.after(() => sink.close())
  const deliver = async (over = {}, at = T) => {
    const outcome = await sink.send(sampleMessage(over), firstAttempt({ now: at }))
    const received = server.received.at(-1) ?? assert.fail('nothing arrived')
    return { outcome, ...received }
  }
  return { server, deliver, tools }
}

const signatureOf = (headers: NodeJS.Dict<string | string[]>) => ({
  id: String(headers['webhook-id']),
  timestamp: String(headers['webhook-timestamp']),
  signature: String(headers['webhook-signature']),
})

test('a retry keeps id, occurrence time and bytes, and signs anew with the time of the attempt', async t => {
  const { deliver } = await start(t, { signingKeys: [{ secret: newer }] })
  const first = await deliver()
  const second = await deliver({}, T + 90_000)
  assert.deepEqual(second.body, first.body)
  const [one, two] = [signatureOf(first.headers), signatureOf(second.headers)]
  assert.deepEqual([one.id, two.id], ['message-0001', 'message-0001'])
  assert.deepEqual([one.timestamp, two.timestamp], [String(T / 1000), String(T / 1000 + 90)])
  assert.notEqual(one.signature, two.signature)
  const keys = [parseSecret(newer)]
  assert.deepEqual(verify(keys, one, first.body, T), { valid: true })
  assert.deepEqual(verify(keys, two, second.body, T + 90_000), { valid: true })
})

test('created and deleted are two messages with two ids', async t => {
  const { deliver } = await start(t)
  const [created, deleted] = [await deliver({ id: 'a' }), await deliver({ id: 'b' })]
  assert.notEqual(created.headers['webhook-id'], deleted.headers['webhook-id'])
})

test('both keys sign during a rotation; the old one ends at its time', async t => {
  const { deliver } = await start(t, { signingKeys: [{ secret: newer }, { secret: older, until: T + 1000 }] })
  const during = await deliver()
  const after = await deliver({}, T + 1000)
  for (const [secret, valid] of [
    [newer, true],
    [older, true],
  ] as const) {
    assert.equal(verify([parseSecret(secret)], signatureOf(during.headers), during.body, T).valid, valid)
  }
  assert.equal(verify([parseSecret(older)], signatureOf(after.headers), after.body, T).valid, false)
  assert.equal(verify([parseSecret(newer)], signatureOf(after.headers), after.body, T).valid, true)
})

test('without a key there is an id and no signature', async t => {
  const { headers } = await (await start(t)).deliver()
  assert.deepEqual([headers['webhook-id'], headers['webhook-signature']], ['message-0001', undefined])
})

const sha256 = (key: Buffer, body: Buffer) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`

test('the prefixed headers, and those of GitHub and Flux, sign the body alone', async t => {
  const bodySignatures = ['X-Signature', 'X-Hub-Signature-256'] as const
  const { deliver } = await start(t, { signingKeys: [{ secret: newer }], headerPrefix: 'Fairlead', bodySignatures })
  const { headers, body } = await deliver()
  const expected = sha256(Buffer.from(parseSecret(newer)), body)
  assert.deepEqual(
    [headers['x-fairlead-signature'], headers['x-signature'], headers['x-hub-signature-256']],
    [expected, expected, expected],
  )
  assert.deepEqual(
    [headers['x-fairlead-event-id'], headers['x-fairlead-event-type']],
    ['message-0001', 'dev.fairlead.flux.ReconciliationFailed'],
  )
})

test('a body signature may have a secret of its own, as text', async t => {
  const bodySecret = 's3cr3t-plain-text'
  const { headers, body } = await (await start(t, { bodySignatures: ['X-Signature'], bodySecret })).deliver()
  assert.equal(headers['x-signature'], sha256(Buffer.from(bodySecret), body))
  assert.equal(headers['webhook-signature'], undefined)
})

test('method, token, own headers and format show in the request', async t => {
  const { deliver } = await start(t, {
    method: 'PUT',
    token: 's3cr3t-bearer-0001',
    headers: { 'X-Tenant': 'blue' },
    format: 'binary',
  })
  const { method, path, headers } = await deliver()
  assert.deepEqual([method, path], ['PUT', '/in'])
  assert.ok(headers.authorization === `Bearer ${'s3cr3t-bearer-0001'}`)
  assert.deepEqual([headers['x-tenant'], headers['ce-id']], ['blue', 'message-0001'])
})

test('an id with dots or other signs is signed as it is sent', async t => {
  const { deliver } = await start(t, { signingKeys: [{ secret: newer }] })
  const { headers, body } = await deliver({ id: 'a.b c€' })
  assert.equal(headers['webhook-id'], 'a%2Eb%20c%E2%82%AC')
  assert.deepEqual(verify([parseSecret(newer)], signatureOf(headers), body, T), { valid: true })
})

test('what an answer gives back of our secrets is hidden, in the outcome and in the log', async t => {
  const options = {
    token: 's3cr3t-bearer-0001',
    headers: { 'X-Api-Key': 's3cr3t-api-key-0001' },
    signingKeys: [{ secret: newer }],
  }
  const { server, deliver, tools } = await start(t, { ...options })
  server.behave((response, { headers }) => void response.writeHead(500).end(JSON.stringify({ headers, key: newer })))
  const { outcome } = await deliver()
  assert.match(outcome.answer, /^500: /)
  for (const secret of [options.token, options.headers['X-Api-Key'], newer, newer.slice(6)]) {
    assert.ok(![outcome.answer, ...tools.lines].some(text => text.includes(secret)), 'a secret shows')
  }
})

test('a query may be a secret: no failure shows it', async t => {
  const url = 'http://127.0.0.1:1/in?token=s3cr3t-query-0001'
  const { deliver } = await start(t)
  await deliver()
  const sink = createWebhookSink({ ...local, url }, sinkTools())
  const { answer: shown } = await sink.send(sampleMessage(), firstAttempt())
  assert.ok(shown.includes('ECONNREFUSED') && !shown.includes('s3cr3t-query'))
})

const wrong: [what: string, options: Partial<WebhookOptions>, rule: RegExp][] = [
  ['an empty signing key', { signingKeys: [{ secret: '' }] }, /is empty/],
  ['a short signing key', { signingKeys: [{ secret: 'whsec_c2hvcnQ=' }] }, /24 to 64 bytes/],
  ['a body signature without a key', { bodySignatures: ['X-Signature'] }, /needs a signing key/],
  ['an empty body secret', { bodySecret: '', bodySignatures: ['X-Signature'] }, /is empty/],
  ['a header of ours', { headers: { 'Webhook-Id': 'x' } }, /"Webhook-Id" is set by the webhook/],
  [
    'a prefixed header of ours',
    { headerPrefix: 'Shop', headers: { 'x-shop-signature': 'x' } },
    /is set by the webhook/,
  ],
  ['a header that frames', { headers: { 'Content-Length': '1' } }, /is set by the webhook/],
  ['a CloudEvents header', { headers: { 'ce-id': '1' } }, /is set by the webhook/],
  [
    'a line break in a value',
    { headers: { 'X-A': 's3cr3t-a\r\nX-B: c' } },
    /"X-A" is no valid header; the value is not/,
  ],
  ['a space in a name', { headers: { 'X A': 'b' } }, /"X A" is no valid header/],
  ['a line break in the token', { token: 's3cr3t-a\nb' }, /"authorization" is no valid header/],
]
for (const [what, options, rule] of wrong) {
  test(`${what} is refused`, () => {
    const create = () => createWebhookSink({ ...local, url: 'https://sink.test', ...options }, sinkTools())
    assert.throws(create, (error: Error) => rule.test(error.message) && !error.message.includes('s3cr3t'))
  })
}

for (const url of ['', 'not a url', 'ftp://sink.test', 'https://a:s3cr3t-b@sink.test']) {
  test(`with the URL ${JSON.stringify(url.replace(/s3cr3t-b/, '…'))} the sink is there, degraded, and its messages wait`, async () => {
    const tools = sinkTools()
    const sink = createWebhookSink({ ...local, url }, tools)
    assert.match(sink.problem ?? '', /^url: /)
    const outcome = await sink.send(sampleMessage(), firstAttempt())
    assert.deepEqual(
      [outcome.kind, outcome.kind === 'retry' && outcome.schedule, outcome.answer],
      ['retry', 'configuration', sink.problem],
    )
    assert.ok(!tools.lines.join().includes('s3cr3t-b'))
    assert.equal(JSON.parse(tools.lines[0] ?? '{}').level, 'error')
    await sink.close()
  })
}

test('410 says that nobody is there', async t => {
  const { server, deliver } = await start(t)
  server.behave(answer(410, 'moved away'))
  assert.deepEqual((await deliver()).outcome, { kind: 'gone', class: 'gone', answer: '410: moved away' })
})
