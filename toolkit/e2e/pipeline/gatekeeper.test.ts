import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { startGatekeeper } from './gatekeeper.ts'

const writer = 's3cr3t-writer'
const asked: [what: string, method: string, path: string, password: string | undefined, status: number][] = [
  ['the first question asks for a login', 'GET', '/v2/', undefined, 401],
  ['with any token it is answered', 'GET', '/v2/', 's3cr3t-reader', 200],
  ['anybody reads', 'GET', '/v2/a/manifests/latest', undefined, 200],
  ['nobody writes without a token', 'POST', '/v2/a/blobs/uploads/', undefined, 401],
  ['a token that only reads writes nothing', 'PUT', '/v2/a/manifests/latest', 's3cr3t-reader', 403],
  ['nor does it delete', 'DELETE', '/v2/a/manifests/latest', 's3cr3t-reader', 403],
  ['a token that may write does', 'PUT', '/v2/a/manifests/latest', writer, 200],
]

test('who gets through to the registry', async t => {
  const reached: string[] = []
  const registry = createServer((request, response) => {
    reached.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`)
    response.end('registry')
  })
  registry.listen(0, '127.0.0.1')
  await once(registry, 'listening')
  t.after(() => registry.close())
  const { port } = registry.address() as AddressInfo // bound to TCP just above
  await using gatekeeper = await startGatekeeper(`127.0.0.1:${port}`, password => password === writer)
  for (const [what, method, path, password, status] of asked) {
    const authorization = `Basic ${Buffer.from(`somebody:${password}`).toString('base64')}`
    const answer = await fetch(`http://${gatekeeper.host}${path}`, {
      method,
      headers: password ? { authorization } : {},
    })
    assert.equal(answer.status, status, what)
    await answer.arrayBuffer()
  }
  assert.deepEqual(reached, [
    'GET /v2/ nobody',
    'GET /v2/a/manifests/latest nobody',
    'PUT /v2/a/manifests/latest nobody',
  ])
  assert.equal(gatekeeper.refused.length, 3)
})
