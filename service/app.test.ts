import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { startService } from './testing/service.ts'

test('the root answers hello world as text', async t => {
  const { url } = await startService(t)
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
  assert.equal(await answer.text(), 'hello world')
})

test('an unknown path answers 404 as a problem', async t => {
  const { url } = await startService(t)
  const answer = await fetch(`${url}/nothing/here`)
  assert.equal(answer.status, 404)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  assert.deepEqual(await answer.json(), { title: 'not found', status: 404 })
})

test('a known path with another method answers 405 and names those it has', async t => {
  const { url } = await startService(t)
  const answer = await fetch(url, { method: 'DELETE' })
  assert.equal(answer.status, 405)
  assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS')
  assert.deepEqual(await answer.json(), { title: 'method not allowed', status: 405 })
})

test('OPTIONS names the methods of a path, and 404 for an unknown one', async t => {
  const { url } = await startService(t)
  const answer = await fetch(`${url}/readyz`, { method: 'OPTIONS' })
  assert.equal(answer.status, 204)
  assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS')
  assert.equal((await fetch(`${url}/nothing`, { method: 'OPTIONS' })).status, 404)
})

test('HEAD answers what GET does, without the body', async t => {
  const { url } = await startService(t)
  const answer = await fetch(url, { method: 'HEAD' })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
  assert.equal(await answer.text(), '')
  assert.equal((await fetch(`${url}/nothing`, { method: 'HEAD' })).status, 404)
})

test('every answer carries the security headers and an id', async t => {
  const { url } = await startService(t)
  for (const path of ['/', '/nothing', '/readyz']) {
    const { headers } = await fetch(url + path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'")
    assert.match(headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/)
  }
})

test('a safe request id of the caller is kept, in the answer and in the log; any other is replaced', async t => {
  const { url, lines, stop } = await startService(t)
  const ask = async (id: string) => (await fetch(url, { headers: { 'x-request-id': id } })).headers.get('x-request-id')
  assert.equal(await ask('caller-1'), 'caller-1')
  assert.equal(await ask('a'.repeat(128)), 'a'.repeat(128))
  assert.notEqual(await ask('a'.repeat(129)), 'a'.repeat(129))
  assert.notEqual(await ask('a b'), 'a b')
  await stop()
  assert.equal(lines.find(line => line.msg === 'request')?.request_id, 'caller-1')
})

test('a failure inside a handler tells the log everything and the client nothing', async t => {
  const { url, app, lines } = await startService(t)
  app.get('/fails', () => {
    throw new Error('the cause is secret business')
  })
  const answer = await fetch(`${url}/fails`)
  assert.equal(answer.status, 500)
  assert.deepEqual(await answer.json(), { title: 'internal server error', status: 500 })
  const line = lines.find(line => line.msg === 'the request failed')
  assert.match(JSON.stringify(line?.err), /secret business/)
  assert.equal(line?.request_id, answer.headers.get('x-request-id'))
})

test('a method that HTTP does not know is counted as other', async t => {
  const { url, port } = await startService(t)
  const status = await new Promise(resolve => {
    request({ port, host: '127.0.0.1', method: 'PROPFIND', path: '/' }, answer =>
      resolve(answer.resume().statusCode),
    ).end()
  })
  assert.equal(status, 405)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  assert.match(metrics, /http_requests_total\{handler="unmatched",method="other",status="405"\} 1/)
})
