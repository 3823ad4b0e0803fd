import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { adminFlagRoutes } from './admin-flags.ts'
import { loadConfig } from './config.ts'
import { openFlags } from './testing/flags.ts'

const token = 's3cr3t-admin-token-0001'
const admin = { authorization: `Bearer ${token}` }

function openAdmin(t: TestContext, env: Record<string, string> = {}) {
  const { flags } = openFlags(t, env)
  const config = loadConfig({ ADMIN_FLAGS_ENABLED: 'true', ADMIN_FLAGS_TOKEN: token, ...env })
  const app = adminFlagRoutes({ flags, config })
  const post = (path: string, body?: string, headers: Record<string, string> = admin) =>
    app.request(path, { method: 'POST', headers, ...(body !== undefined && { body }) })
  return { app, flags, post }
}

const environment = {
  tracing_enabled: { value: false, source: 'environment' },
  metrics_enabled: { value: true, source: 'environment' },
}

test('every flag is shown with its value and where it comes from', async t => {
  const { app } = openAdmin(t)
  const answer = await app.request('/admin/flags', { headers: admin })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.deepEqual(await answer.json(), environment)
})

test('a flag is overridden, and reset', async t => {
  const { flags, post } = openAdmin(t)
  const set = await post('/admin/flags', '{"tracing_enabled": true}')
  assert.equal(set.status, 200)
  assert.deepEqual(await set.json(), { ...environment, tracing_enabled: { value: true, source: 'override' } })
  assert.equal(flags.mayBeOn('tracing_enabled'), true)
  const reset = await post('/admin/flags/reset')
  assert.equal(reset.status, 200)
  assert.deepEqual(await reset.json(), environment)
  assert.equal(flags.mayBeOn('tracing_enabled'), false)
})

const mistakes: [body: string, detail: string][] = [
  ['', 'expected a JSON object of flags, such as {"tracing_enabled": true}'],
  ['{', 'expected a JSON object of flags, such as {"tracing_enabled": true}'],
  ['[]', 'expected a JSON object of flags, such as {"tracing_enabled": true}'],
  ['null', 'expected a JSON object of flags, such as {"tracing_enabled": true}'],
  ['{"tracing": true}', 'unknown flag "tracing"; expected one of tracing_enabled, metrics_enabled'],
  ['{"__proto__": true}', 'unknown flag "__proto__"; expected one of tracing_enabled, metrics_enabled'],
  ['{"toString": true}', 'unknown flag "toString"; expected one of tracing_enabled, metrics_enabled'],
  ['{"tracing_enabled": "true"}', 'tracing_enabled: expected true or false, got "true"'],
  ['{"metrics_enabled": false, "tracing_enabled": null}', 'tracing_enabled: expected true or false, got null'],
]

for (const [body, detail] of mistakes) {
  test(`a body of ${body || 'nothing'} is refused by its rule and changes nothing`, async t => {
    const { flags, post } = openAdmin(t)
    const answer = await post('/admin/flags', body)
    assert.equal(answer.status, 400)
    assert.equal(answer.headers.get('content-type'), 'application/problem+json')
    assert.deepEqual(await answer.json(), { title: 'the flags cannot be set', status: 400, detail })
    assert.deepEqual(flags.overrides.list(), {})
  })
}

const strangers: Record<string, Record<string, string>> = {
  'no token': {},
  'another token': { authorization: 'Bearer s3cr3t-admin-token-0002' },
  'a token that starts alike': { authorization: `Bearer ${token.slice(0, -1)}` },
  'a token that goes on': { authorization: `Bearer ${token}1` },
  'an empty token': { authorization: 'Bearer ' },
  'the token by another scheme': { authorization: `Basic ${token}` },
}

for (const [who, headers] of Object.entries(strangers)) {
  test(`${who}: 401 on every route, and nothing changes`, async t => {
    const { app, flags, post } = openAdmin(t)
    flags.overrides.set({ metrics_enabled: false })
    const answers = [
      await app.request('/admin/flags', { headers }),
      await post('/admin/flags', '{"tracing_enabled": true}', headers),
      await post('/admin/flags/reset', undefined, headers),
    ]
    for (const answer of answers) {
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.deepEqual(await answer.json(), { title: 'a valid bearer token is required', status: 401 })
    }
    assert.deepEqual(flags.overrides.list(), { metrics_enabled: false })
  })
}

test('the scheme is read in any case (RFC 9110, 11.1)', async t => {
  const { app } = openAdmin(t)
  assert.equal((await app.request('/admin/flags', { headers: { authorization: `bearer ${token}` } })).status, 200)
})

test('in prod flags are shown and not overridden', async t => {
  const { app, flags, post } = openAdmin(t, { ENVIRONMENT: 'prod' })
  assert.equal((await app.request('/admin/flags', { headers: admin })).status, 200)
  for (const answer of [await post('/admin/flags', '{"tracing_enabled": true}'), await post('/admin/flags/reset')]) {
    assert.equal(answer.status, 403)
    assert.deepEqual(await answer.json(), { title: 'overrides are refused in prod', status: 403 })
  }
  assert.deepEqual(flags.overrides.list(), {})
})
