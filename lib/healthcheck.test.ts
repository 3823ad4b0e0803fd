import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { addressOf, askHealth } from './healthcheck.ts'

const DEADLINE_MS = 20_000

async function listen(t: TestContext, listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(listener).listen(0, host)
  t.after(() => server.close().closeAllConnections())
  await new Promise(resolve => server.once('listening', resolve))
  return (server.address() as AddressInfo).port // it listens on a port, so this is no pipe
}

for (const [env, host, port] of [
  [{}, '127.0.0.1', 8080],
  [{ HOST: ' ', PORT: '' }, '127.0.0.1', 8080],
  [{ HOST: '0.0.0.0', PORT: '9000' }, '127.0.0.1', 9000],
  [{ HOST: '::' }, '127.0.0.1', 8080],
  [{ HOST: '10.1.2.3' }, '10.1.2.3', 8080],
] as const) {
  test(`the address for ${JSON.stringify(env)}`, () => assert.deepEqual(addressOf(env), { host, port }))
}

for (const [status, isHealthy] of [
  [200, true],
  [204, true],
  [302, false],
  [404, false],
  [503, false],
] as const) {
  test(`an answer of ${status} is ${isHealthy ? 'healthy' : 'a reason'}`, async t => {
    const asked: string[] = []
    const port = await listen(t, (request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.writeHead(status).end()
    })
    const reason = await askHealth({ port, path: '/livez' }, DEADLINE_MS)
    assert.equal(reason, isHealthy ? undefined : `http://127.0.0.1:${port}/livez answered ${status}`)
    assert.deepEqual(asked, ['GET /livez'])
  })
}

test('nobody listens: the reason', async t => {
  const port = await listen(t, () => {})
  const closed = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => closed.once('listening', resolve))
  const { port: free } = closed.address() as AddressInfo // as above
  await new Promise(resolve => closed.close(resolve))
  assert.match((await askHealth({ port: free, path: '/' }, DEADLINE_MS)) ?? '', /ECONNREFUSED/)
  assert.match((await askHealth({ port, path: '/livez' }, 1)) ?? '', /no answer in 1 ms$/)
})
