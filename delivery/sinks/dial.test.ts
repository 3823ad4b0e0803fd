import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientOf } from '../testing/http-client.ts'
import { reset, type SinkServer, startSinkServer } from '../testing/sink-server.ts'
import type { Resolve } from './lookup.ts'

const resolveTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))

const viaName = ({ port }: SinkServer) => ({ url: `http://sink.test:${port}/in`, allowAddresses: ['127.0.0.1'] })

const spellings = ['[::ffff:127.0.0.1]', '0x7f.1', '2130706433', '127.0.0.1.', '[::1]', '017700000001']
for (const host of spellings) {
  test(`http://${host} is not dialled`, async t => {
    const server = await startSinkServer(t)
    const result = await clientOf(t, { url: `http://${host}:${server.port}`, allowAddresses: [] }).send()
    assert.equal(result.kind === 'failed' && result.class, 'address')
    assert.equal(server.connections.opened, 0)
  })
}

test('a name is checked at every dial: public once, private later', async t => {
  const server = await startSinkServer(t)
  const answers = [['127.0.0.1'], ['10.0.0.1']]
  const resolve: Resolve = async host => resolveTo(...(answers.shift() ?? []))(host)
  const client = clientOf(t, { ...viaName(server), concurrency: 1 }, resolve)
  assert.equal((await client.send()).kind, 'answered')
  server.behave(reset) // so that it has to dial again
  const result = await client.send()
  const reason = 'sink.test is 10.0.0.1: not a public address; name its range in allowAddresses if that is meant'
  assert.deepEqual(result, { kind: 'failed', class: 'address', reason, wasStale: false })
})

test('of several addresses only those that pass are dialled', async t => {
  const server = await startSinkServer(t)
  const addresses = resolveTo('10.9.9.9', '169.254.169.254', '127.0.0.1', 'fd00::1')
  assert.equal((await clientOf(t, viaName(server), addresses).send()).kind, 'answered')
  const result = await clientOf(t, { ...viaName(server), allowAddresses: [] }, addresses).send()
  assert.equal(result.kind === 'failed' && result.class, 'address')
})

test('the name of the metadata server stays closed to a trusted host', async t => {
  const url = 'http://metadata.test'
  const result = await clientOf(t, { url, trusted: true }, resolveTo('169.254.169.254')).send()
  assert.match(
    result.kind === 'failed' ? result.reason : '',
    /metadata\.test is 169\.254\.169\.254: a metadata address/,
  )
})

test('a trusted host may be on this machine', async t => {
  const server = await startSinkServer(t)
  assert.equal((await clientOf(t, { url: server.url, trusted: true, allowAddresses: [] }).send()).kind, 'answered')
})

test('without another way a name is looked up through the system', async t => {
  const server = await startSinkServer(t)
  const options = { url: `http://localhost:${server.port}` }
  assert.equal((await clientOf(t, { ...options, trusted: true, allowAddresses: [] }).send()).kind, 'answered')
  const result = await clientOf(t, { ...options, allowAddresses: [] }).send()
  assert.equal(result.kind === 'failed' && result.class, 'address')
})
