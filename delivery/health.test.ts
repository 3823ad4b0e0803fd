import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startDelivery, until } from './testing/delivery.ts'
import { startWithTarget } from './testing/effects/start.ts'
import { temporaryFolder } from './testing/process.ts'
import { answer } from './testing/sink-server.ts'

test('liveness and health ask nobody: they answer while the ledger is away', async t => {
  const { url } = await startDelivery(t, { env: { OUTBOX_PATH: '/dev/null/outbox.db' } })
  const answers = await Promise.all(['/health', '/healthz', '/ready'].map(async path => fetch(url + path)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 503],
  )
  assert.equal(await answers[0]?.text(), 'healthy')
  assert.deepEqual(await answers[1]?.json(), { status: 'alive' })
  assert.equal(answers[2]?.headers.get('cache-control'), 'no-store')
})

test('while the ledger cannot be written nothing is acknowledged, and all is well again without a restart', async t => {
  const folder = join(temporaryFolder(t), 'here')
  writeFileSync(folder, 'a file where the folder should be')
  const { post, ready, metrics, url } = await startDelivery(t, { env: { OUTBOX_PATH: join(folder, 'outbox.db') } })
  const before = await ready()
  assert.deepEqual([before.status, before.ledger.writable], ['not ready', false])
  const refused = await post()
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
  assert.match(await metrics(), /^fairlead_outbox_writable 0$/m)
  const listed = await fetch(`${url}/api/messages`, { headers: { authorization: 'Bearer s3cr3t-operator-token-0001' } })
  assert.equal(listed.status, 503)

  rmSync(folder)
  mkdirSync(folder)
  await until(ready, ({ ledger }) => ledger.writable)
  assert.equal((await post()).status, 202)
})

test('readiness tells which destinations do not work and why, and stays ready to take messages', async t => {
  const behaviours = [answer(401, 'who are you')]
  const { post, ready, url } = await startWithTarget(t, { behaviours })
  await post()
  const state = await until(ready, ({ status }) => status === 'degraded')
  const [destination] = state.destinations
  assert.deepEqual([destination?.state, destination?.reason], ['degraded', '401: who are you'])
  assert.equal((await fetch(`${url}/ready`)).status, 200)
})

test('a destination that keeps failing is degraded', async t => {
  const { post, ready } = await startWithTarget(t, {
    fields: 'retry: { minDelay: 1ms, maxDelay: 1ms, maxAttempts: 5 }',
    behaviours: [503, 503, 503, 503, 503].map(status => answer(status)),
  })
  await post()
  const { destinations } = await until(ready, ({ status }) => status === 'degraded')
  assert.match(destinations[0]?.reason ?? '', /^\d failures in a row$/)
})

test('without a destination the readiness is that of the ledger', async t => {
  const { ready } = await startDelivery(t, {})
  const { status, destinations } = await ready()
  assert.deepEqual([status, destinations], ['ready', []])
})
