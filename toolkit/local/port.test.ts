import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { claimPort, freePort } from './port.ts'

test('a free port is claimed as it is', async () => {
  const port = await freePort()
  assert.equal(await claimPort('127.0.0.1', port), port)
})

test('port 0 becomes a free one', async () => {
  assert.ok((await claimPort('127.0.0.1', 0)) > 0)
})

test('a taken port is named with another that is free', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? Number(address?.port) : 0
  await assert.rejects(claimPort('127.0.0.1', port), ({ message }: Error) => {
    const pattern = new RegExp(
      `^PORT: 127\\.0\\.0\\.1:${port} is taken; stop what listens there, or (choose another, such as PORT=\\d+|set another PORT)$`,
    )
    assert.match(message, pattern)
    assert.ok(!message.includes(`PORT=${port}`))
    return true
  })
  server.close()
})

test('an address of another machine is named with both variables', async () => {
  await assert.rejects(
    claimPort('192.0.2.1', 0),
    /^Error: HOST, PORT: cannot listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)$/,
  )
})
