import assert from 'node:assert/strict'
import { before, type TestContext, test } from 'node:test'
import { type Authority, createAuthority, type Identity } from '../testing/certificates.ts'
import { firstAttempt, local, sampleMessage, sinkTools } from '../testing/sink.ts'
import { startSinkServer } from '../testing/sink-server.ts'
import type { ConnectionOptions } from './http-sink.ts'
import { createWebhookSink } from './webhook.ts'

let authority: Authority
let good: Identity
before(async () => {
  authority = await createAuthority()
  good = await authority.issue(['sink.test', '127.0.0.1'])
})

/** Sends one message to a server with this certificate, by the name sink.test. */
async function deliver(
  t: TestContext,
  identity: Identity,
  options: Partial<ConnectionOptions> = {},
  host = 'sink.test',
) {
  const server = await startSinkServer(t, identity)
  const tools = sinkTools({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
  const sink = createWebhookSink({ ...local, url: `https://${host}:${server.port}/in`, ...options }, tools)
  t.after(() => sink.close())
  const outcome = await sink.send(sampleMessage(), firstAttempt())
  return { outcome, received: server.received.length, lines: tools.lines }
}

test('a certificate of an authority of its own passes with the CA file, by name, by name with a dot and by address', async t => {
  for (const host of ['sink.test', 'sink.test.', '127.0.0.1']) {
    const { outcome, received } = await deliver(t, good, { ca: authority.ca }, host)
    assert.deepEqual([outcome.kind, received], ['delivered', 1], host)
  }
})

const broken: [what: string, identity: () => Promise<Identity>, withCa: boolean, reason: RegExp][] = [
  [
    'expired',
    () => authority.issue(['sink.test'], { notAfter: new Date(Date.now() - 1000) }),
    true,
    /CERT_HAS_EXPIRED/,
  ],
  ['for another name', () => authority.issue(['other.test']), true, /ERR_TLS_CERT_ALTNAME_INVALID/],
  [
    'of an unknown authority',
    async () => good,
    false,
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER|SELF_SIGNED/,
  ],
]
for (const [what, identity, withCa, reason] of broken) {
  test(`a certificate that is ${what} goes to the slow schedule with its reason, and nothing is sent`, async t => {
    const { outcome, received } = await deliver(t, await identity(), withCa ? { ca: authority.ca } : {})
    assert.deepEqual([outcome.kind, outcome.kind === 'retry' && outcome.schedule], ['retry', 'configuration'])
    assert.equal(outcome.class, 'tls')
    assert.match(outcome.answer, reason)
    assert.equal(received, 0)
  })

  test(`a certificate that is ${what} passes when verification is turned off, which the log says loudly at start`, async t => {
    const { outcome, lines } = await deliver(t, await identity(), { insecureSkipVerify: true })
    assert.equal(outcome.kind, 'delivered')
    const [line] = lines.map(text => JSON.parse(text))
    assert.deepEqual([line?.level, line?.destination], ['warn', 'local'])
    assert.match(line?.msg, /^TLS IS NOT VERIFIED/)
  })
}

test('with its own authority a destination trusts no other', async t => {
  const { outcome } = await deliver(t, good, { ca: (await createAuthority()).ca })
  assert.equal(outcome.class, 'tls')
})

test('an authority that cannot be read is a problem of its destination', () => {
  const tools = sinkTools()
  const sink = createWebhookSink({ ...local, url: 'https://sink.test', ca: 'no certificate' }, tools)
  assert.match(sink.problem ?? '', /CA/)
})

test('plain HTTP on a port of TLS, and TLS on a port of HTTP, are failures of the network', async t => {
  const secure = await startSinkServer(t, good)
  const plain = await startSinkServer(t)
  for (const url of [secure.url.replace('https', 'http'), plain.url.replace('http', 'https')]) {
    const sink = createWebhookSink({ ...local, url }, sinkTools())
    t.after(() => sink.close())
    const outcome = await sink.send(sampleMessage(), firstAttempt())
    assert.equal(outcome.kind, 'retry', outcome.answer)
  }
})
