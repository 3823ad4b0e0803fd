import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testDatabase } from '../../lib/test-database.ts'
import { startService } from '../testing/service.ts'

/** The members of every answer of these routes; each test reads those that its answer has. */
type Answer = {
  id: string
  email: string
  createdAt: string
  amountCents: number
  orders: { id: string }[]
  next: string | null
  errors: { pointer: string; detail: string }[]
}

async function start(t: TestContext) {
  const { url } = await startService(t, { DATABASE_URL: await testDatabase(t) })
  const call = async (method: string, path: string, body?: unknown) => {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await fetch(url + path, init)
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer }
  }
  return { url, call }
}

test('a user is created once, whatever the case of the email', async t => {
  const { call } = await start(t)
  const made = await call('POST', '/users', { email: 'Ada@example.com' })
  assert.equal(made.status, 201)
  assert.deepEqual(made.body, { id: '1', email: 'Ada@example.com', createdAt: made.body.createdAt })
  assert.ok(!Number.isNaN(Date.parse(made.body.createdAt)))
  const again = await call('POST', '/users', { email: 'ada@EXAMPLE.com' })
  assert.equal(again.status, 409)
  assert.deepEqual(again.body, { title: 'a user with this email exists', status: 409 })
})

test('an order is created pending and read back', async t => {
  const { call } = await start(t)
  const user = (await call('POST', '/users', { email: 'a@example.com' })).body
  const made = await call('POST', '/orders', { userId: user.id, amountCents: 1999 })
  assert.equal(made.status, 201)
  const { id, createdAt, ...rest } = made.body
  assert.deepEqual(rest, { userId: user.id, amountCents: 1999, status: 'pending' })
  assert.equal(made.headers.get('location'), `/orders/${id}`)
  assert.deepEqual((await call('GET', `/orders/${id}`)).body, { id, createdAt, ...rest })
})

test('amounts keep every cent up to the largest that JSON can hold', async t => {
  const { call } = await start(t)
  const user = (await call('POST', '/users', { email: 'a@example.com' })).body
  const made = await call('POST', '/orders', { userId: user.id, amountCents: Number.MAX_SAFE_INTEGER })
  assert.equal((await call('GET', `/orders/${made.body.id}`)).body.amountCents, Number.MAX_SAFE_INTEGER)
})

test('an unknown order or an impossible id answers 404', async t => {
  const { call } = await start(t)
  for (const id of ['1', '0', '-1', 'x', '9223372036854775808', '99999999999999999999', "1'--"]) {
    const answer = await call('GET', `/orders/${encodeURIComponent(id)}`)
    assert.equal(answer.status, 404, id)
    assert.deepEqual(answer.body, { title: 'order not found', status: 404 })
  }
})

test('orders of a user come newest first, by page, until next is null', async t => {
  const { call } = await start(t)
  const user = (await call('POST', '/users', { email: 'a@example.com' })).body
  const other = (await call('POST', '/users', { email: 'b@example.com' })).body
  const ids: string[] = []
  for (const amountCents of [1, 2, 3, 4, 5]) {
    ids.push((await call('POST', '/orders', { userId: user.id, amountCents })).body.id)
    await call('POST', '/orders', { userId: other.id, amountCents })
  }
  const seen: string[] = []
  let query = '?limit=2'
  for (let pages = 0; pages < 3; pages++) {
    const { body } = await call('GET', `/users/${user.id}/orders${query}`)
    seen.push(...body.orders.map((order: { id: string }) => order.id))
    query = `?limit=2&before=${body.next}`
    assert.equal(body.next === null, pages === 2)
  }
  assert.deepEqual(seen, ids.toReversed())
})

test('a user without orders has an empty page, an unknown user a 404', async t => {
  const { call } = await start(t)
  const user = (await call('POST', '/users', { email: 'a@example.com' })).body
  assert.deepEqual((await call('GET', `/users/${user.id}/orders`)).body, { orders: [], next: null })
  assert.deepEqual((await call('GET', '/users/77/orders')).body, { title: 'user not found', status: 404 })
})

const broken: [string, string, unknown, { pointer: string; detail: string }[]][] = [
  ['an email that is none', '/users', { email: 'ada' }, [{ pointer: '#/email', detail: 'expected an email address' }]],
  [
    'an email of 255 characters',
    '/users',
    { email: `${'a'.repeat(243)}@example.com` },
    [{ pointer: '#/email', detail: 'expected at most 254 characters' }],
  ],
  [
    'no order at all',
    '/orders',
    {},
    [
      { pointer: '#/userId', detail: 'required' },
      { pointer: '#/amountCents', detail: 'required' },
    ],
  ],
  [
    'an amount of nothing',
    '/orders',
    { userId: '1', amountCents: 0 },
    [{ pointer: '#/amountCents', detail: 'expected a whole number of cents from 1 to 9007199254740991' }],
  ],
  [
    'half a cent',
    '/orders',
    { userId: '1', amountCents: 0.5 },
    [{ pointer: '#/amountCents', detail: 'expected a whole number of cents from 1 to 9007199254740991' }],
  ],
  [
    'a user that is not there',
    '/orders',
    { userId: '77', amountCents: 1 },
    [{ pointer: '#/userId', detail: 'no such user' }],
  ],
]
for (const [what, path, body, errors] of broken) {
  test(`${what} answers 422 and says where`, async t => {
    const { call } = await start(t)
    const answer = await call('POST', path, body)
    assert.equal(answer.status, 422)
    assert.deepEqual(answer.body, { title: 'the input breaks a rule', status: 422, errors })
  })
}

test('an unknown field is refused', async t => {
  const { call } = await start(t)
  const answer = await call('POST', '/users', { email: 'a@example.com', admin: true })
  assert.equal(answer.status, 422)
  assert.deepEqual(answer.body.errors, [{ pointer: '#/admin', detail: 'unknown' }])
})

test('a page size out of its range is refused, at both ends', async t => {
  const { call } = await start(t)
  const user = (await call('POST', '/users', { email: 'a@example.com' })).body
  for (const [limit, status] of [
    ['0', 422],
    ['1', 200],
    ['100', 200],
    ['101', 422],
    ['x', 422],
  ] as const) {
    assert.equal((await call('GET', `/users/${user.id}/orders?limit=${limit}`)).status, status, limit)
  }
})

test('what is not JSON answers 400, and another content type 415', async t => {
  const { url } = await start(t)
  const post = (body: string, type: string) =>
    fetch(`${url}/users`, { method: 'POST', body, headers: { 'content-type': type } })
  assert.equal((await post('{', 'application/json')).status, 400)
  assert.equal((await post('{}', 'text/plain')).status, 415)
  assert.equal((await post('{"email":"c@example.com"}', 'application/json; charset=utf-8')).status, 201)
})

test('without a database the routes answer 503', async t => {
  const { url } = await startService(t)
  const answer = await fetch(`${url}/orders/1`)
  assert.equal(answer.status, 503)
  assert.deepEqual(await answer.json(), { title: 'database unavailable', status: 503 })
})
