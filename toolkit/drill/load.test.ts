import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { startLoad } from './load.ts'

test('requests come whatever is answered, and none after the stop, which waits for nobody', async t => {
  let asked = 0
  const enough = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    asked++
    if (asked === 20) enough.resolve()
    if (request.url !== '/hang') throw new Error(`asked for ${request.url}`)
    if (asked % 3 === 0) response.writeHead(500).end()
    if (asked % 3 === 1) request.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo // of a TCP server that listens
  const load = startLoad(`http://127.0.0.1:${port}/hang`, 200)
  await enough.promise
  await load.stop()
  const before = asked
  server.closeAllConnections()
  assert.equal(asked, before)
})

test('a service that is not there is no reason to end', async () => {
  const load = startLoad('http://127.0.0.1:1/', 1000)
  await new Promise(setImmediate)
  await load.stop()
})
