import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTarget } from './target.ts'

const read: [url: string, host: string, address: string | undefined, port: number, path: string][] = [
  ['https://sink.example/a?b=c', 'sink.example', undefined, 443, '/a?b=c'],
  ['http://SINK.example:8080', 'sink.example', undefined, 8080, '/'],
  ['http://0x7f.1/', '127.0.0.1', '127.0.0.1', 80, '/'],
  ['http://2130706433/', '127.0.0.1', '127.0.0.1', 80, '/'],
  ['http://0177.0.0.1/', '127.0.0.1', '127.0.0.1', 80, '/'],
  ['http://127.1/', '127.0.0.1', '127.0.0.1', 80, '/'],
  ['http://127.0.0.1./', '127.0.0.1', '127.0.0.1', 80, '/'],
  ['http://%31%32%37.0.0.1/', '127.0.0.1', '127.0.0.1', 80, '/'],
  ['http://①②⑦.0.0.1/', '127.0.0.1', '127.0.0.1', 80, '/'],
  ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1', '::ffff:7f00:1', 80, '/'],
  ['http://[0:0:0:0:0:0:0:1]/', '::1', '::1', 80, '/'],
]
for (const [url, host, address, port, path] of read) {
  test(`${url} is read as ${host}`, () => {
    const target = parseTarget(url)
    assert.deepEqual([target.host, target.address, target.port, target.path], [host, address, port, path])
  })
}

test('the dot that ends a complete name is for the resolver, not for the certificate', () => {
  const { host, name } = parseTarget('https://sink.example./')
  assert.deepEqual([host, name], ['sink.example.', 'sink.example'])
})

const secret = 's3cr3t-path-0001'
const refused: [url: string, rule: RegExp][] = [
  ['', /is missing/],
  [`sink.example/${secret}`, /is no URL/],
  [`ftp://sink.example/${secret}`, /expected http:\/\/ or https:\/\/, got ftp:/],
  [`javascript:${secret}`, /got javascript:/],
  [`http://user:${secret}@sink.example/`, /a user or a password/],
  [`http://good.example@127.0.0.1/${secret}`, /a user or a password/],
  [`http://@127.0.0.1/${secret}`, /a user or a password/],
  [`http://good.example\\@127.0.0.1/${secret}`, /a backslash/],
  [`http://good.example\n/${secret}`, /a control character/],
  [` http://good.example/${secret}`, /white space/],
  [`http://good.example/${secret}\u0000`, /a control character/],
  [`http://[::1/${secret}`, /is no URL/],
  [`http://256.1.1.1/${secret}`, /is no URL/],
]
for (const [url, rule] of refused) {
  test(`${JSON.stringify(url.replace(secret, '…'))} is refused, without showing it`, () => {
    assert.throws(
      () => parseTarget(url),
      (error: Error) => rule.test(error.message) && !error.message.includes(secret),
    )
  })
}

test('an @ in a path or query is no user', () => {
  assert.equal(parseTarget('https://sink.example/@team?to=a@b').path, '/@team?to=a@b')
})
