import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { operator, startDelivery, until } from './testing/delivery.ts'
import { startWithTarget } from './testing/effects/start.ts'
import { fluxEvent } from './testing/flux-event.ts'
import { answer } from './testing/sink-server.ts'

const another = (name: string) => ({ involvedObject: { ...fluxEvent().involvedObject, name } })

type Item = { message: { id: string }; delivery: { destination: string; state: string; attempt: number } }
type Items = { items: Item[]; next?: string }

/** A destination that refuses so many messages, each about an object of its own. */
async function startWithDead(t: TestContext, names: string[]) {
  const started = await startWithTarget(t, { behaviours: names.map(() => answer(400, 'no such field')) })
  for (const [index, name] of names.entries()) {
    await started.post(another(name))
    await until(
      () => list('?state=dead'),
      items => items.length > index,
    )
  }
  async function list(query = '') {
    return ((await started.api(`/messages${query}`)).body as Items).items // as api.ts answers
  }
  return { ...started, list }
}

test('dead letters are listed, page by page, and narrowed down', async t => {
  const { list, api } = await startWithDead(t, ['a', 'b', 'c'])
  const first = (await api('/messages?limit=2')).body as Items
  assert.equal(first.items.length, 2)
  const rest = (await api(`/messages?limit=2&after=${first.next}`)).body as Items
  assert.deepEqual([rest.items.length, rest.next], [1, undefined])
  assert.equal((await list('?subject=Kustomization/flux-system/b')).length, 1)
  assert.equal((await list('?destination=it&state=dead&since=2026-11-20T09:00:00Z')).length, 3)
  assert.equal((await list('?since=2026-11-20T12:00:00%2B01:00')).length, 0)
  assert.equal((await list('?state=delivered')).length, 0)
})

test('a message tells which rule took it, and what was tried with which answer', async t => {
  const { list, api } = await startWithDead(t, ['a'])
  const [item] = await list()
  const { status, body } = await api(`/messages/${item?.message.id}`)
  const { decisions, attempts, deliveries } = body as Record<string, Record<string, unknown>[]>
  assert.equal(status, 200)
  assert.deepEqual(
    decisions?.map(({ rule, matched }) => ({ rule, matched })),
    [{ rule: 'default', matched: true }],
  )
  assert.deepEqual(
    deliveries?.map(({ state }) => state),
    ['dead'],
  )
  assert.deepEqual(
    attempts?.map(({ attempt, kind, answer: told }) => ({ attempt, kind, told })),
    [{ attempt: 1, kind: 'dead', told: '400: no such field' }],
  )
})

test('a dead letter that is replayed arrives, with its id', async t => {
  const { list, api, target } = await startWithDead(t, ['a'])
  const [item] = await list()
  assert.deepEqual(await api(`/messages/${item?.message.id}/replay`, {}), {
    status: 200,
    body: { count: 1, spreadMs: 0 },
  })
  await target.receivedAtLeast(2)
  const ids = target.received.map(({ headers }) => headers['webhook-id'])
  assert.deepEqual(ids, [item?.message.id, item?.message.id])
  await until(list, ([found]) => found?.delivery.state === 'delivered')
  assert.deepEqual((await api(`/messages/${item?.message.id}/replay`, {})).body, { count: 0, spreadMs: 0 })
})

test('many are replayed by a filter, spread in time, and never without one', async t => {
  const { api, target } = await startWithDead(t, ['a', 'b', 'c'])
  const { status, body } = await api('/replay', {})
  assert.deepEqual(
    [status, body],
    [400, { title: 'the request is wrong', status: 400, detail: 'give destination, since or subject, or all' }],
  )
  const some = await api('/replay', { subject: 'Kustomization/flux-system/b' })
  assert.deepEqual(some.body, { count: 1, spreadMs: 300 })
  await target.receivedAtLeast(4)
  assert.equal((await api('/replay', { all: true })).body.count, 2)
  await target.receivedAtLeast(6)
})

test('a discard takes dead letters, and others only when their state is named', async t => {
  const { api, list, post } = await startWithDead(t, ['a'])
  await api('/destinations/it/pause', { reason: 'for the night' })
  await post(another('later'))
  assert.deepEqual((await api('/discard', { destination: 'it' })).body, { count: 1 })
  assert.deepEqual(
    (await list()).map(({ delivery }) => delivery.state),
    ['discarded', 'parked'],
  )
  assert.deepEqual((await api('/discard', { state: 'parked' })).body, { count: 1 })
})

test('a paused destination keeps what is for it until it is resumed', async t => {
  const { post, api, target, ready } = await startWithTarget(t)
  assert.deepEqual(await api('/destinations/it/pause', { reason: 'for the night' }), {
    status: 200,
    body: { paused: true },
  })
  await post()
  const { items } = (await api('/destinations')).body as { items: unknown[] }
  assert.deepEqual(
    items.map(item => ({ ...(item as object), oldestPendingSeconds: 0 })),
    [
      {
        name: 'it',
        type: 'webhook',
        state: 'paused',
        reason: 'for the night',
        pending: 1,
        dead: 0,
        oldestPendingSeconds: 0,
      },
    ],
  )
  assert.equal((await ready()).status, 'degraded')
  assert.equal(target.received.length, 0)
  assert.deepEqual(await api('/destinations/it/resume', {}), { status: 200, body: { paused: false } })
  await target.receivedAtLeast(1)
})

test('messages that no rule chose are listed when they are asked for, and tell why', async t => {
  const { post, api } = await startDelivery(t, { file: 'destinations: { it: { type: console } }\nrules: []\n' })
  for (const name of ['a', 'b', 'c']) await post(another(name))
  assert.deepEqual((await api('/messages')).body, { items: [] })
  const first = (await api('/messages?state=unmatched&limit=2')).body as {
    items: Omit<Item, 'delivery'>[]
    next: string
  }
  assert.deepEqual(
    first.items.map(each => Object.keys(each)),
    [['message'], ['message']],
  )
  const rest = (await api(`/messages?state=unmatched&limit=2&after=${first.next}`)).body as Items
  assert.deepEqual([rest.items.length, rest.next], [1, undefined])
  const narrowed = await api('/messages?state=unmatched&subject=Kustomization/flux-system/b&since=2026-11-20T09:00:00Z')
  assert.equal((narrowed.body as Items).items[0]?.message.id, first.next)
  assert.equal(((await api(`/messages/${first.next}`)).body.deliveries as unknown[]).length, 0)
})

for (const [what, path, body, status, detail] of [
  ['a state that is none', '/messages?state=broken', undefined, 400, /^state: expected one of pending, /],
  ['an unmatched message with a destination', '/messages?state=unmatched&destination=it', undefined, 400, /has none/],
  ['a discard of the unmatched', '/discard', { state: 'unmatched' }, 400, /^state: expected one of pending, /],
  ['a limit of 0', '/messages?limit=0', undefined, 400, /^limit: expected 1 to 1000/],
  ['a limit of 1001', '/messages?limit=1001', undefined, 400, /^limit: expected 1 to 1000/],
  ['a time that is none', '/messages?since=yesterday', undefined, 400, /^since: expected a time such as/],
  ['a parameter that is none', '/messages?stat=dead', undefined, 400, /stat/],
  ['a field that is none', '/replay', { al: true }, 400, /al/],
  ['a pause without a reason', '/destinations/it/pause', { reason: ' ' }, 400, /^reason: say why/],
  ['a destination that is none', '/destinations/that/pause', { reason: 'x' }, 404, undefined],
  ['a message that is none', '/messages/none', undefined, 404, undefined],
] as const) {
  test(`${what} is refused with the rule`, async t => {
    const { api } = await startWithTarget(t)
    const answered = await api(path, body)
    assert.equal(answered.status, status)
    if (detail) assert.match(String(answered.body.detail), detail)
  })
}

test('the API wants its token, and is not there without one', async t => {
  const { url } = await startDelivery(t, {})
  const statusOf = async (headers: Record<string, string>) => (await fetch(`${url}/api/messages`, { headers })).status
  assert.deepEqual(
    [await statusOf({}), await statusOf({ authorization: 'Bearer s3cr3t-wrong' }), await statusOf(operator)],
    [401, 401, 200],
  )
  const closed = await startDelivery(t, { env: { DELIVERY_API_TOKEN: '' } })
  assert.equal((await fetch(`${closed.url}/api/messages`, { headers: operator })).status, 404)
})

test('a body beyond 16 KiB is refused', async t => {
  const { api } = await startDelivery(t, {})
  assert.equal((await api('/replay', { subject: 'x'.repeat(16 * 1024) })).status, 413)
})
