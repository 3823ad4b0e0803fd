import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { createMetrics } from './metrics.ts'
import { API_TOKEN, authorization, startDelivery, TOKEN, until } from './testing/delivery.ts'
import { deliveryOf, startWithTarget } from './testing/effects/start.ts'
import { fluxEvent } from './testing/flux-event.ts'
import { temporaryFolder } from './testing/process.ts'
import { answer } from './testing/sink-server.ts'

const own = (text: string) => text.split('\n').filter(line => line.startsWith('fairlead_'))

/** Everything that a day brings: good and bad requests, deliveries, reloads, retention, a ledger that is damaged or away. */
async function exercise(t: TestContext) {
  let ahead = 0
  const started = await startWithTarget(t, {
    fields: 'retry: { minDelay: 1h }',
    rest: 'storage: { every: 1s }\nretention: { every: 1s, delivered: 1m }\n',
    behaviours: [answer(503), answer(400)],
    now: () => Date.now() + ahead,
  })
  const { post, url, metrics, target } = started
  await post()
  await post({}, { ...authorization, authorization: 'Bearer s3cr3t-wrong' })
  await target.receivedAtLeast(1)
  await post({ involvedObject: { ...fluxEvent().involvedObject, name: 'checkout-api' } })
  await target.receivedAtLeast(2)
  await post({ involvedObject: { ...fluxEvent().involvedObject, name: 'third' } })
  await target.receivedAtLeast(3)
  await until(metrics, text => text.includes('result="delivered"'))
  await fetch(`${url}/none`)
  await started.reload('nothing: true\n')
  ahead = 120_000
  await until(metrics, text => /^fairlead_retention_pruned_total 1$/m.test(text))
  await until(metrics, text => /^fairlead_outbox_messages 2$/m.test(text))
  return started
}

test('every metric that is registered is written by an exercise of every part', async t => {
  const { metrics } = await exercise(t)
  const damaged = await startDamaged(t)
  const pushing = await startPushing(t)
  const texts = [await metrics(), await damaged.metrics(), await pushing.metrics()]
  const registered = await createMetrics({ version: '0', revision: 'x' }).registry.getMetricsAsJSON()
  const names = registered.map(({ name }) => name).filter(name => name.startsWith('fairlead_'))
  assert.ok(names.length > 20, `${names.length}`)
  // Written means: a sample that is not the 0 with which a series may begin; episodes and levels are 0 when all is well.
  const calm = ['fairlead_storage_level', 'fairlead_scrape_errors_total']
  const silent = names.filter(name => {
    const samples = texts.flatMap(own).filter(line => new RegExp(`^${name}(_count)?[{ ]`).test(line))
    return calm.includes(name) ? samples.length === 0 : samples.every(line => line.endsWith(' 0'))
  })
  assert.deepEqual(silent, [])
})

/** A ledger that was damaged before the start: it is set aside, and counted. */
async function startDamaged(t: TestContext) {
  const file = `${temporaryFolder(t)}/outbox.db`
  writeFileSync(file, 'this is no database, and long enough to look like one that is broken'.repeat(100))
  const started = await startDelivery(t, { env: { OUTBOX_PATH: file } })
  await started.post()
  return started
}

/** A phone, whose answers tell the quota. */
async function startPushing(t: TestContext) {
  const quota = { 'x-limit-app-limit': '10000', 'x-limit-app-remaining': '7', 'x-limit-app-reset': '1798761600' }
  const started = await startWithTarget(t, { type: 'pushover', behaviours: [answer(200, '{"status":1}', quota)] })
  await started.post()
  await until(started.metrics, text => text.includes('result="delivered"'))
  return started
}

test('labels are names of the configuration and closed lists; neither addresses nor objects nor secrets stand in them', async t => {
  const { metrics, target } = await exercise(t)
  const text = await metrics()
  for (const word of [String(target.port), 'apps', 'checkout-api', '127.0.0.1', TOKEN, API_TOKEN, 's3cr3t-']) {
    assert.ok(!own(text).some(line => line.includes(word)), word)
  }
})

test('the numbers are those of what happened', async t => {
  const { metrics } = await exercise(t)
  const text = await metrics()
  for (const line of [
    'fairlead_receiver_requests_total{source="flux",status="202"} 3',
    'fairlead_receiver_requests_total{source="flux",status="401"} 1',
    'fairlead_receiver_signature_failures_total{source="flux"} 1',
    'fairlead_messages_total{source="flux",result="told"} 3',
    'fairlead_deliveries_total{destination="it",result="retry",class="server"} 1',
    'fairlead_deliveries_total{destination="it",result="dead",class="client"} 1',
    'fairlead_deliveries_total{destination="it",result="delivered",class="success"} 1',
    'fairlead_webhook_events_total{result="success"} 1',
    'fairlead_webhook_events_total{result="retry"} 1',
    'fairlead_webhook_events_total{result="error"} 1',
    'fairlead_attempts_total{destination="it"} 3',
    'fairlead_dead_letters{destination="it"} 1',
    'fairlead_queue_depth{destination="it",state="pending"} 1',
    'fairlead_destination_up{destination="it"} 1',
    'fairlead_config_reloads_total{result="failed"} 1',
    'fairlead_config_current 0',
    'fairlead_outbox_writable 1',
  ]) {
    assert.ok(
      text.split('\n').includes(line),
      `${line}\n${own(text)
        .filter(each => !each.includes('_bucket'))
        .join('\n')}`,
    )
  }
})

test('a destination that a reload takes out is no longer shown', async t => {
  const { metrics, reload, post } = await startDelivery(t, { file: 'destinations: { old: { type: console } }\n' })
  await post()
  await until(metrics, text => text.includes('fairlead_destination_up{destination="old"} 1'))
  await reload('destinations: { new: { type: console } }\n')
  const text = await metrics()
  assert.ok(text.includes('fairlead_destination_up{destination="new"} 1'))
  assert.ok(!/^fairlead_(destination_up|queue_depth|dead_letters)\{destination="old"/m.test(text))
})

test('a reload that fails is shown until one works, and a source that refused nobody begins at 0', async t => {
  const file = 'destinations: { old: { type: console } }\n'
  const { metrics, reload } = await startDelivery(t, { file })
  const shown = async () => /^fairlead_config_current (.*)$/m.exec(await metrics())?.[1]
  const seen = [await shown()]
  await reload('nothing: true\n')
  seen.push(await shown())
  await reload(`${file}sources: { added: { type: flux } }\n`)
  seen.push(await shown())
  assert.deepEqual(seen, ['1', '0', '1'])
  const sources = (await metrics()).match(/^fairlead_receiver_signature_failures_total\{source="\w+"\} 0$/gm)
  assert.equal(sources?.length, 3)
})

test('OpenMetrics is given to who asks for it', async t => {
  const { url } = await startDelivery(t, {})
  const asked = await fetch(`${url}/metrics`, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } })
  assert.match(asked.headers.get('content-type') ?? '', /openmetrics-text/)
  assert.match(await asked.text(), /# EOF\n$/)
})

test('a delivery that waits tells its age', async t => {
  const started = await startWithTarget(t, { behaviours: [answer(503)] })
  await started.post()
  await until(
    () => deliveryOf(started),
    found => found?.lastAnswer !== undefined,
  )
  const age = /^fairlead_oldest_pending_seconds\{destination="it"\} (.+)$/m.exec(await started.metrics())?.[1]
  assert.ok(Number(age) > 0, age)
})
