import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fluxEvent, notification } from '../testing/flux-event.ts'
import { password, setUp } from '../testing/receiver.ts'

const basic = `Basic ${Buffer.from(`am:${password}`).toString('base64')}`
type Case = [name: string, path: string, body: unknown, headers: Record<string, string>, status: number, answer: object]
const detail = (title: string, status: number, text: string) => ({ title, status, detail: text })
const credentials = 'valid credentials are required'
const event = fluxEvent()
const cases: Case[] = [
  ['a charset', '/webhook', event, { 'content-type': 'Application/JSON; charset=utf-8' }, 202, {}],
  ['basic authentication', '/alertmanager', notification([]), { authorization: basic }, 202, { ids: [] }],
  ['no JSON', '/webhook', '{"a":', {}, 400, detail('the body is not JSON', 400, 'expected JSON in UTF-8')],
  ['an empty body', '/webhook', '', {}, 400, detail('the body is not JSON', 400, 'expected JSON in UTF-8')],
  [
    'no event',
    '/webhook',
    [],
    {},
    400,
    detail('the event breaks a rule', 400, 'the event: expected an object, got []'),
  ],
  [
    'another content type',
    '/webhook',
    event,
    { 'content-type': 'text/plain' },
    415,
    detail('expected content-type application/json', 415, 'got "text/plain"'),
  ],
  [
    'a compressed body',
    '/webhook',
    event,
    { 'content-encoding': 'gzip' },
    415,
    detail('expected content-type application/json', 415, 'expected no content-encoding, got "gzip"'),
  ],
  [
    'a body one byte too long',
    '/webhook',
    `{}${' '.repeat(999)}`,
    {},
    413,
    detail('content too large', 413, 'at most 1000 bytes'),
  ],
  [
    'a body of the longest size',
    '/webhook',
    `{}${' '.repeat(998)}`,
    {},
    400,
    detail('the event breaks a rule', 400, 'involvedObject: expected an object, got nothing'),
  ],
  [
    'another token',
    '/webhook',
    event,
    { authorization: 'Bearer s3cr3t-other' },
    401,
    detail(
      credentials,
      401,
      "the credentials are not ours: expected Authorization: Bearer <token> from the headers of the Provider's Secret, or X-Signature; see docs/flux.md",
    ),
  ],
  [
    'F2: no credentials, as from a Secret that has only a token',
    '/webhook',
    event,
    { authorization: '' },
    401,
    detail(
      credentials,
      401,
      'no credentials came: a Provider of type generic sends only what its Secret holds under headers, never its token; see docs/flux.md',
    ),
  ],
  [
    'a wrong signature',
    '/webhook',
    event,
    { authorization: '', 'x-signature': `sha256=${'0'.repeat(64)}` },
    401,
    detail(
      credentials,
      401,
      'X-Signature does not fit the body: expected <hash>=<hex HMAC of the raw body>, made with our key by sha224, sha256, sha384 or sha512',
    ),
  ],
  [
    'no credentials from Alertmanager',
    '/alertmanager',
    notification([]),
    { authorization: '' },
    401,
    detail(
      credentials,
      401,
      'no credentials came: set http_config.authorization or http_config.basic_auth in the webhook_config; see docs/flux.md',
    ),
  ],
  [
    'another path',
    '/webhooks',
    event,
    {},
    404,
    detail('not found', 404, 'POST events of Flux to /webhook; POST notifications of Alertmanager to /alertmanager'),
  ],
]
for (const [name, path, body, headers, status, expected] of cases) {
  test(`${name}: ${status}`, async () => {
    const t = setUp()
    const answer = await t.post(path, body, headers)
    assert.equal(answer.status, status)
    if (status !== 202) {
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
      assert.equal(t.messages.length, 0)
    }
    assert.deepEqual(
      { ...((await answer.json()) as object), ...(status === 202 && path === '/webhook' && { id: 0 }) },
      {
        ...expected,
        ...(status === 202 && path === '/webhook' && { id: 0 }),
      },
    )
    assert.equal(
      answer.headers.get('www-authenticate'),
      status !== 401 ? null : path === '/webhook' ? 'Bearer' : 'Bearer, Basic realm="fairlead"',
    )
  })
}

for (const [method, path] of [
  ['GET', '/webhook'],
  ['HEAD', '/webhook'],
  ['PUT', '/webhook'],
  ['DELETE', '/alertmanager'],
  ['OPTIONS', '/alertmanager'],
] as const) {
  test(`${method} ${path}: 405 with Allow`, async () => {
    const answer = await setUp().post(path, undefined, {}, method)
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST'])
  })
}

test('GET /: 404 with the way to /webhook', async () => {
  const answer = await setUp().app.request('/')
  assert.equal(answer.status, 404)
  assert.match(((await answer.json()) as { detail: string }).detail, /POST events of Flux to \/webhook/)
})
