import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority } from '../certificates.ts'
import { until } from '../delivery.ts'
import { fluxEvent } from '../flux-event.ts'
import { temporaryFolder } from '../process.ts'
import { answer, neverAnswer } from '../sink-server.ts'
import { deliverOne, deliveryOf, type Effect, startWithTarget } from './start.ts'

const another = (name: string) => ({ involvedObject: { ...fluxEvent().involvedObject, name } })

/** What becomes of one message whose first attempt is answered so. */
async function afterFirst(t: Parameters<Effect>[0], fields: string, status = 503, headers = {}) {
  const started = await deliverOne(t, { fields, behaviours: [answer(status, '', headers)] })
  const delivery = await until(
    () => deliveryOf(started),
    found => found?.lastAnswer !== undefined,
  )
  assert.ok(delivery)
  const { items } = (await started.api('/messages')).body as { items: { message: { id: string } }[] } // as api.ts answers
  const { attempts } = (await started.api(`/messages/${items[0]?.message.id}`)).body as { attempts: { at: number }[] }
  assert.equal(attempts.length, 1)
  // The schedule counts from the answer; how long a delivery may last, from the start of its first attempt.
  const waitMs = delivery.nextAttemptAt - (attempts[0]?.at ?? 0)
  const ageMs = delivery.nextAttemptAt - (delivery.firstAttemptAt ?? 0)
  return { ...started, delivery, waitMs, ageMs }
}
const isAbout = (value: number, wanted: number) =>
  assert.ok(value >= wanted * 0.7 && value <= wanted * 1.3, `${value} for ${wanted}`)

const retry = 'destinations.<pushover, webhook, slack>.retry'
const all = 'destinations.<pushover, webhook, slack>'

/** What destinations of every kind have. */
export const destinationEffects: Record<string, Effect> = {
  [`${all}.timeout`]: async t => {
    const started = await startWithTarget(t, {
      fields: 'timeout: 50ms, connectTimeout: 50ms',
      behaviours: [neverAnswer],
    })
    await started.post()
    const delivery = await until(
      () => deliveryOf(started),
      found => found?.lastAnswer !== undefined,
    )
    assert.match(delivery?.lastAnswer ?? '', /50 ms/)
  },
  [`${all}.connectTimeout`]: async t => {
    // 192.0.2.0/24 is TEST-NET-1: nobody answers there, or the network is unreachable at once.
    const fields = `url: 'http://192.0.2.1/', connectTimeout: 60ms, allowAddresses: [192.0.2.0/24]`
    const started = await startWithTarget(t, { fields })
    await started.post()
    const delivery = await until(
      () => deliveryOf(started),
      found => found?.lastAnswer !== undefined,
    )
    assert.match(delivery?.lastAnswer ?? '', /60 ms|unreachable|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED/i)
  },
  'destinations.<webhook, slack>.concurrency': async t => {
    const started = await startWithTarget(t, { fields: 'concurrency: 1', behaviours: [neverAnswer] })
    await started.post()
    await started.post(another('second'))
    await started.target.receivedAtLeast(1)
    const { body } = await started.api('/messages')
    const { items } = body as { items: unknown[] } // as api.ts answers
    assert.deepEqual([items.length, started.target.received.length], [2, 1])
  },
  'destinations.<pushover, webhook, slack, console>.ordered': async t => {
    const started = await startWithTarget(t, { fields: 'ordered: true', behaviours: [answer(503)] })
    await started.post()
    await started.post({ reason: 'BuildFailed', message: 'another' })
    await until(
      () => deliveryOf(started),
      found => found?.lastAnswer !== undefined,
    )
    await started.post(another('second'))
    await started.target.receivedAtLeast(2)
    const subjects = started.target.received.map(({ body }) => JSON.parse(body.toString()).subject)
    assert.deepEqual(subjects, ['Kustomization/flux-system/apps', 'Kustomization/flux-system/second'])
  },
  [`${retry}.profile`]: async t => {
    isAbout((await afterFirst(t, 'retry: { profile: fast }')).waitMs, 500)
    isAbout((await afterFirst(t, 'retry: { profile: durable }')).waitMs, 5000)
  },
  [`${retry}.maxAttempts`]: async t => {
    const { delivery } = await afterFirst(t, 'retry: { maxAttempts: 1 }')
    assert.equal(delivery.state, 'dead')
  },
  [`${retry}.maxAge`]: async t => {
    const { waitMs, ageMs } = await afterFirst(t, 'retry: { minDelay: 1h, maxAge: 2s }')
    assert.ok(waitMs <= 2000 && ageMs >= 2000, `${waitMs} after the answer, ${ageMs} after it was claimed`)
  },
  [`${retry}.minDelay`]: async t => isAbout((await afterFirst(t, 'retry: { minDelay: 1h }')).waitMs, 3_600_000),
  [`${retry}.maxDelay`]: async t => isAbout((await afterFirst(t, 'retry: { maxDelay: 3s }')).waitMs, 3000),
  [`${retry}.configuration`]: async t => {
    isAbout((await afterFirst(t, 'retry: { configuration: [20m] }', 403)).waitMs, 1_200_000)
    assert.equal((await afterFirst(t, 'retry: { configuration: [] }', 403)).delivery.state, 'dead')
  },
  [`${retry}.overload`]: async t => {
    const { waitMs } = await afterFirst(t, 'retry: { overload: 10m }', 429)
    assert.ok(waitMs >= 600_000, `${waitMs}`)
  },
  [`${retry}.retryAfter`]: async t => {
    const { waitMs } = await afterFirst(t, 'retry: { retryAfter: 20s }', 503, { 'retry-after': '86400' })
    assert.ok(waitMs <= 20_000, `${waitMs}`)
  },
  [`${retry}.jitter`]: async t => {
    const { waitMs } = await afterFirst(t, 'retry: { minDelay: 1h, jitter: 0 }')
    assert.ok(Math.abs(waitMs - 3_600_000) < 60_000, `${waitMs}`)
  },
  [`${all}.caFile`]: async t => {
    const { ca, issue } = await createAuthority()
    const file = join(temporaryFolder(t), 'ca.pem')
    writeFileSync(file, ca)
    await deliverOne(t, { identity: await issue(['127.0.0.1']), fields: `caFile: '${file}'` })
  },
  [`${all}.allowAddresses`]: async t => {
    const started = await startWithTarget(t, { fields: 'allowAddresses: [10.0.0.0/8]' })
    await started.post()
    const delivery = await until(
      () => deliveryOf(started),
      found => found?.lastAnswer !== undefined,
    )
    assert.match(delivery?.lastAnswer ?? '', /127\.0\.0\.1/)
    assert.equal(started.target.received.length, 0)
  },
  [`${all}.insecureSkipVerify`]: async t => {
    const { issue } = await createAuthority()
    const started = await deliverOne(t, {
      identity: await issue(['wrong.example']),
      fields: 'insecureSkipVerify: true',
    })
    assert.ok(started.lines.some(line => line.level === 'warn' && /TLS IS NOT VERIFIED/.test(line.msg ?? '')))
  },
}
