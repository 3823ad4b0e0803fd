import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { smokeTest } from './smoke.ts'

const { signal } = new AbortController()

async function serve(t: TestContext, answers: Record<string, number>) {
  const server = createServer(({ url = '' }, response) => void response.writeHead(answers[url] ?? 404).end('text'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // bound to TCP just above
}

test('a public address with / and nothing of the operators passes', async t => {
  const url = await serve(t, { '/': 200, '/admin': 403 })
  assert.equal(
    await smokeTest(url, { signal }),
    `${url}/ answers 200, and /metrics, /admin, /admin/flags, /livez, /readyz are not published`,
  )
})

for (const [path, status] of [
  ['/metrics', 200],
  ['/admin/flags', 401],
  ['/livez', 200],
  ['/readyz', 503],
  ['/admin', 302],
] as const) {
  test(`${path} that answers ${status} is published`, async t => {
    const url = await serve(t, { '/': 200, [path]: status })
    await assert.rejects(
      smokeTest(url, { signal }),
      new RegExp(`publishes what it must not: ${path} answers ${status}; expected 404`),
    )
  })
}

test('a / that never answers 200 fails, with what it does answer', async t => {
  const url = await serve(t, { '/': 503 })
  await assert.rejects(smokeTest(url, { signal }, 1), /answers 200: not within 0 s; last seen: 503/)
})

test('a path in front is kept, and no address is refused', async t => {
  const url = await serve(t, { '/shop/': 200, '/metrics': 200 })
  assert.match(await smokeTest(`${url}/shop/`, { signal }), /\/shop\/ answers 200/)
  for (const wrong of ['shop.example', 'ftp://shop', 'https://me:pw@shop'])
    await assert.rejects(smokeTest(wrong, { signal }), /PUBLIC_URL: expected https:\/\/<host>/)
})
