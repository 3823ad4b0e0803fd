import assert from 'node:assert/strict'
import { startDelivery, until } from '../delivery.ts'
import { fluxEvent } from '../flux-event.ts'
import { answer, neverAnswer } from '../sink-server.ts'
import { deliverOne, deliveryOf, type Effect, type Shown, startWithTarget } from './start.ts'

const another = (name: string) => ({ involvedObject: { ...fluxEvent().involvedObject, name } })
const statusOf = async (url: string) => (await fetch(url)).status

type Items = { items: { message: { id: string }; delivery: Shown }[] }
const itemsOf = async ({ api }: { api: (path: string) => Promise<{ body: unknown }> }) =>
  ((await api('/messages')).body as Items).items // as api.ts answers

/** Three messages for a destination that took one before, because none waits beside it earlier, and now never answers. */
async function stuck(t: Parameters<Effect>[0], rest: string, fields = 'concurrency: 1') {
  const behaviours = [answer(200), neverAnswer, neverAnswer, neverAnswer]
  const started = await startWithTarget(t, { fields, rest, behaviours })
  await started.post(another('first'))
  await until(
    () => deliveryOf(started),
    found => found?.state === 'delivered',
  )
  for (const name of ['a', 'b', 'c']) await started.post(another(name))
  await started.target.receivedAtLeast(2)
  return started
}
const countLeased = async (started: Awaited<ReturnType<typeof stuck>>) =>
  (await itemsOf(started)).filter(({ delivery }) => delivery.state === 'leased').length

/** One message that was delivered, and whether it is still there once retention has run again. */
async function afterRetention(t: Parameters<Effect>[0], fields: string) {
  const started = await deliverOne(t, { rest: `retention: { ${fields} }\n` })
  await until(
    () => deliveryOf(started),
    found => found === undefined || found.state === 'delivered',
  )
  return started
}
const GONE = 'every: 1s, delivered: 0s'

export const runningEffects: Record<string, Effect> = {
  'episodes.window': async t => {
    const started = await startWithTarget(t, { rest: 'episodes: { window: 0s }\n' })
    await started.post()
    await started.post({ message: 'health check failed after 3.1s: timeout waiting for Deployment/default/api' })
    await started.target.receivedAtLeast(2)
  },
  'episodes.maxAge': async t => {
    let ahead = 0
    const now = () => Date.now() + ahead
    const started = await deliverOne(t, { rest: 'episodes: { maxAge: 1m }\n', now })
    ahead = 120_000
    await until(started.metrics, text => text.includes('result="aged_out"} 1'))
  },

  'dispatcher.poll': async t => {
    const start = (poll: string) => deliverOne(t, { rest: `dispatcher: { poll: ${poll} }\n` })
    const [soon, late] = [await start('2s'), await start('10m')]
    for (const started of [soon, late]) {
      await until(
        () => deliveryOf(started),
        found => found?.state === 'delivered',
      )
      const [{ message } = { message: undefined }] = await started.delivery.outbox.list({})
      assert.ok(message)
      const unheard = { ...message, id: 'unheard', destinations: ['it'], decisions: [] }
      await started.delivery.outbox.append({ messages: [unheard], state: [] }, Date.now())
    }
    await soon.target.receivedAtLeast(2)
    assert.equal(late.target.received.length, 1)
  },
  'dispatcher.batch': async t => {
    const one = await stuck(t, 'dispatcher: { batch: 1 }\n')
    const many = await stuck(t, 'dispatcher: { batch: 3 }\n')
    await until(
      () => countLeased(many),
      count => count === 3,
    )
    assert.equal(await countLeased(one), 1)
  },
  'dispatcher.concurrency': async t => {
    const one = await stuck(t, 'dispatcher: { concurrency: 1 }\n', '')
    const many = await stuck(t, 'dispatcher: { concurrency: 3 }\n', '')
    await many.target.receivedAtLeast(4)
    assert.equal(one.target.received.length, 2)
  },
  'dispatcher.lease': async t => {
    const started = await stuck(t, 'dispatcher: { lease: 40m }\n')
    const items = await until(
      () => itemsOf(started),
      each => each.some(({ delivery }) => delivery.state === 'leased'),
    )
    const item = items.find(({ delivery }) => delivery.state === 'leased')
    assert.ok((item?.delivery.leaseUntil ?? 0) - Date.now() > 30 * 60_000)
  },

  'retention.enabled': async t => {
    const kept = await afterRetention(t, `${GONE}, enabled: false`)
    const gone = await afterRetention(t, GONE)
    await until(
      () => itemsOf(gone),
      items => items.length === 0,
    )
    assert.equal((await itemsOf(kept)).length, 1)
  },
  'retention.delivered': async t => {
    const kept = await afterRetention(t, 'every: 1s, delivered: 1h')
    const gone = await afterRetention(t, GONE)
    await until(
      () => itemsOf(gone),
      items => items.length === 0,
    )
    assert.equal((await itemsOf(kept)).length, 1)
  },
  'retention.every': async t => {
    const kept = await afterRetention(t, 'every: 7d, delivered: 0s')
    const gone = await afterRetention(t, GONE)
    await until(
      () => itemsOf(gone),
      items => items.length === 0,
    )
    assert.equal((await itemsOf(kept)).length, 1)
  },

  'storage.every': async t => {
    const [soon, late] = [await deliverOne(t, { rest: 'storage: { every: 1s }\n' }), await deliverOne(t)]
    await until(soon.metrics, text => /^fairlead_outbox_messages 1$/m.test(text))
    assert.match(await late.metrics(), /^fairlead_outbox_messages 0$/m)
  },
  'storage.warning': async t => {
    const { ready } = await startDelivery(t, { file: 'storage: { warning: 0, critical: 1 }\n' })
    await until(ready, ({ storage }) => storage.level === 'warning')
  },
  'storage.critical': async t => {
    const { ready } = await startDelivery(t, { file: 'storage: { warning: 0, critical: 0 }\n' })
    const { status } = await until(ready, ({ storage }) => storage.level === 'critical')
    assert.equal(status, 'degraded')
  },
  'storage.maxSize': async t => {
    const { post } = await startDelivery(t, { file: 'storage: { maxSize: 1MiB }\nepisodes: { window: 0s }\n' })
    const statuses = new Set<number>()
    for (let n = 0; n < 100 && !statuses.has(503); n += 1) {
      statuses.add((await post({ ...another(`n${n}`), message: `${n} ${'x'.repeat(38_000)}` })).status)
    }
    assert.deepEqual([...statuses], [202, 503])
  },

  'log.level': async t => {
    const { lines, stop } = await startDelivery(t, {
      file: 'log: { level: error }\ndestinations: { a: { type: console } }\n',
    })
    await stop()
    assert.deepEqual(lines, [])
  },
  'metrics.enabled': async t => {
    const { url } = await startDelivery(t, { file: 'metrics: { enabled: false }\n' })
    assert.equal(await statusOf(`${url}/metrics`), 404)
  },
  'metrics.port': async t => {
    const { url, ports } = await startDelivery(t, { file: 'metrics: { port: 0 }\n' })
    assert.equal(await statusOf(`${url}/metrics`), 404)
    assert.equal(await statusOf(`http://127.0.0.1:${ports[0]}/metrics`), 200)
  },
  'metrics.path': async t => {
    const { url } = await startDelivery(t, { file: 'metrics: { path: /internal/metrics }\n' })
    assert.equal(await statusOf(`${url}/internal/metrics`), 200)
  },
  'probes.port': async t => {
    const { url, ports } = await startDelivery(t, { file: 'probes: { port: 0 }\n' })
    assert.equal(await statusOf(`${url}/ready`), 404)
    assert.equal(await statusOf(`http://127.0.0.1:${ports[0]}/ready`), 200)
  },
  'probes.live': async t => {
    const { url } = await startDelivery(t, { file: 'probes: { live: /live }\n' })
    assert.deepEqual([await statusOf(`${url}/live`), await statusOf(`${url}/healthz`)], [200, 404])
  },
  'probes.ready': async t => {
    const { url } = await startDelivery(t, { file: 'probes: { ready: /readyz }\n' })
    assert.deepEqual([await statusOf(`${url}/readyz`), await statusOf(`${url}/ready`)], [200, 404])
  },
}
