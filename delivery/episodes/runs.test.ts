import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRules } from '../rules.ts'
import { HOUR, MINUTE, success, testIntake } from '../testing/intake.ts'

const FAILED = 'Kustomization flux-system/apps: HealthCheckFailed'
const SUCCEEDED = 'Kustomization flux-system/apps: ReconciliationSucceeded'

test('F5: 22 near-identical errors in 3 seconds are one message and one with the count', async () => {
  const t = testIntake()
  for (let n = 0; n < 22; n += 1) {
    await t.flux({ message: `install failed after ${n}.${n}s: values don't meet the schema` })
    t.clock.now += 130
  }
  assert.deepEqual(t.told(), [`${FAILED} (1, firing)`])
  await t.pass(HOUR)
  assert.deepEqual(t.told(), [`${FAILED} (1, firing)`, `${FAILED} ×22 (22, firing)`])
  const summary = t.messages.at(-1)
  assert.equal(
    summary?.text,
    "Seen 22 times in 2 s, the last time:\ninstall failed after 21.21s: values don't meet the schema",
  )
  assert.deepEqual(summary?.destinations, ['phone', 'chat'])
})

test('F4: the same success every minute is told once, and then ever more rarely with its count', async () => {
  const t = testIntake()
  const hours: number[] = []
  for (let hour = 0; hour < 24; hour += 1) {
    for (let n = 0; n < 60; n += 1) {
      await t.flux(success(2 + n / 7))
      await t.pass(MINUTE)
    }
    hours.push(t.told().length)
  }
  assert.equal(t.told()[0], `${SUCCEEDED} (1, event)`)
  assert.equal(t.told()[1], `${SUCCEEDED} ×10 (10, event)`)
  assert.deepEqual([hours[0], hours[3], hours[23]], [3, 5, 8])
})

test('each success of a new revision is told', async () => {
  const t = testIntake()
  for (const revision of ['main@sha1:aaa', 'main@sha1:bbb', 'main@sha1:bbb'])
    await t.flux({ ...success(), metadata: { revision } })
  assert.deepEqual(t.fates, ['told', 'told', 'folded'])
})

test('F10: what was folded is kept and says into what', async () => {
  const t = testIntake()
  const first = await t.flux()
  t.clock.now += MINUTE
  const second = await t.flux({ message: `health check failed after 9s: ${'x'.repeat(5000)}` })
  const third = await t.flux({ message: 'health check failed after 3.5s: timeout waiting for Deployment/default/api' })
  const record = t.messages.find(message => message.id === third.ids[0])
  assert.deepEqual(record?.destinations, [])
  assert.deepEqual(record?.decisions.at(-1), {
    rule: 'episode',
    matched: false,
    because: `folded into ${first.ids[0]}: seen 3 times since 2026-11-20T10:00:05Z; told again at 2026-11-20T10:01:35Z`,
    destinations: [],
  })
  assert.equal(record?.decisions[0]?.rule, 'default')
  assert.equal(t.messages.find(message => message.id === second.ids[0])?.text.length, 1000)
})

test('a new text of the same reason is told within half a minute, but not every new one', async () => {
  const t = testIntake()
  await t.flux({ message: 'a' })
  await t.flux({ message: 'b' })
  await t.flux({ message: 'c' })
  t.clock.now += 30_000
  await t.intake.sweep()
  assert.deepEqual(t.told(), [`${FAILED} (1, firing)`, `${FAILED} ×3 (3, firing)`])
  assert.equal(t.messages.at(-1)?.text, 'Seen 3 times in 0 s, the last time:\nc\nAlso: b')
  for (const message of ['d', 'e', 'f']) await t.flux({ message })
  t.clock.now += 10 * MINUTE
  await t.intake.sweep()
  assert.equal(t.told().length, 2)
  t.clock.now += 10 * MINUTE
  await t.intake.sweep()
  assert.equal(t.told().at(-1), `${FAILED} ×6 (6, firing)`)
})

test('the end of a window, one millisecond before and at it', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux()
  t.clock.now += 10 * MINUTE - 1
  await t.intake.sweep()
  assert.equal(t.told().length, 1)
  t.clock.now += 1
  await t.intake.sweep()
  assert.equal(t.told().length, 2)
})

test('after an hour of silence the same thing is news again', async () => {
  const t = testIntake()
  await t.flux({ severity: 'info', reason: 'Progressing' })
  await t.pass(HOUR - 1)
  await t.flux({ severity: 'info', reason: 'Progressing' })
  await t.pass(2 * HOUR)
  await t.flux({ severity: 'info', reason: 'Progressing' })
  assert.deepEqual(t.fates, ['told', 'folded', 'summed up', 'told'])
})

test('two reasons, severities and objects are episodes of their own', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux({ reason: 'BuildFailed' })
  await t.flux({ severity: 'info' })
  await t.flux({ involvedObject: { name: 'infra', uid: 'b' } })
  await t.flux({ involvedObject: { uid: 'of-another-cluster' } })
  assert.deepEqual(t.fates, Array(5).fill('told'))
})

for (const reason of [
  'UpgradeSucceeded',
  'InstallSucceeded',
  'TestSucceeded',
  'NewArtifact',
  'Succeeded',
  'DriftCorrected',
]) {
  test(`${reason} recovers`, async () => {
    const t = testIntake()
    await t.flux()
    t.clock.now += MINUTE
    await t.flux({ severity: 'info', reason })
    assert.equal(t.fates.at(-1), 'recovered')
  })
}

test('nothing stays behind once everything is over', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux(success())
  await t.alerts({}, { fingerprint: 'b' })
  assert.equal(t.state.size, 3)
  await t.pass(72 * HOUR)
  assert.equal(t.state.size, 0)
})

test('a destination that a reload adds is told of what goes on', async () => {
  const t = testIntake()
  await t.flux()
  t.rules.current = compileRules(undefined, ['phone', 'pager'])
  await t.flux()
  await t.flux()
  assert.deepEqual(t.fates, ['told', 'told', 'folded'])
  assert.deepEqual(t.messages[1]?.destinations, ['pager'])
  await t.pass(10 * MINUTE)
  assert.deepEqual(t.messages.at(-1)?.destinations, ['phone', 'pager'], 'chat is gone')
})
