import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRules } from '../rules.ts'
import { HOUR, MINUTE, success, testIntake } from '../testing/intake.ts'

const FAILED = 'Kustomization flux-system/apps: HealthCheckFailed'
const SUCCEEDED = 'Kustomization flux-system/apps: ReconciliationSucceeded'

test('an error and its recovery are told once each, and the recovery tells of the time between', async () => {
  const t = testIntake()
  const { ids } = await t.flux()
  for (let n = 0; n < 3; n += 1) {
    t.clock.now += 100_000
    await t.flux()
  }
  t.clock.now += MINUTE
  await t.flux(success())
  await t.flux(success(3))
  await t.pass(9 * MINUTE)
  assert.deepEqual(t.told(), [`${FAILED} (1, firing)`, `${SUCCEEDED} (4, resolved)`])
  const recovery = t.messages.find(message => message.state === 'resolved')
  assert.equal(
    recovery?.text,
    `Reconciliation finished in 2.084s, next run in 1m0s\nRecovered after 6 min, seen 4 times: ${FAILED}`,
  )
  assert.equal(recovery?.decisions.at(-1)?.because, `closes the episode that ${ids[0]} opened`)
  assert.equal(t.intake.open(), 0)
})

test('an error after the recovery opens another episode', async () => {
  const t = testIntake()
  for (const fields of [{}, success(), {}, success()]) {
    t.clock.now += 1000
    await t.flux(fields)
  }
  assert.deepEqual(t.fates, ['told', 'recovered', 'told', 'recovered'])
})

test('whoever was told of the error is told of the recovery, even if the rules ask for errors only', async () => {
  const t = testIntake({ ruleSettings: [{ name: 'errors', match: { severity: 'error' }, destinations: ['phone'] }] })
  await t.flux(success())
  await t.flux()
  t.clock.now += MINUTE
  await t.flux(success())
  assert.deepEqual(t.fates, ['unmatched', 'told', 'recovered'])
  assert.deepEqual(t.messages.at(-1)?.destinations, ['phone'])
  assert.deepEqual(
    t.messages.at(-1)?.decisions.map(({ rule, matched }) => [rule, matched]),
    [
      ['errors', false],
      ['episode', true],
    ],
  )
})

for (const reason of ['Progressing', 'RollbackSucceeded', 'UninstallSucceeded', 'Suspended']) {
  test(`${reason} recovers nothing`, async () => {
    const t = testIntake()
    await t.flux()
    t.clock.now += MINUTE
    await t.flux({ severity: 'info', reason })
    assert.deepEqual(t.fates, ['told', 'told'])
    assert.equal(t.intake.open(), 1)
  })
}

test('a success from before the error, which comes late, recovers nothing', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux({ ...success(), timestamp: '2026-11-20T10:00:04Z' })
  assert.deepEqual(t.fates, ['told', 'told'])
  assert.equal(t.intake.open(), 1)
})

test('F6: an episode whose recovery never comes ends after 24 hours, with a record and without a message', async () => {
  const t = testIntake()
  const { ids } = await t.flux()
  t.clock.now += 24 * HOUR - 1
  await t.intake.sweep()
  assert.equal(t.intake.open(), 1)
  t.clock.now += 1
  await t.intake.sweep()
  assert.equal(t.intake.open(), 0)
  const record = t.messages.at(-1)
  assert.equal(record?.type, 'dev.fairlead.episode.agedOut')
  assert.deepEqual(record?.destinations, [])
  assert.equal(
    record?.decisions[0]?.because,
    `ends the episode that ${ids[0]} opened: no repeat and no recovery for 24 h`,
  )
  await t.flux(success()) // it comes after all
  assert.deepEqual(t.fates, ['told', 'aged out', 'recovered'])
})

test('a window of 0 tells every repeat, and a recovery once', async () => {
  const t = testIntake({ episodes: { windowMs: 0, maxAgeMs: HOUR } })
  for (const fields of [{}, {}, success(), success()]) await t.flux(fields)
  assert.deepEqual(t.fates, ['told', 'told', 'recovered', 'told'])
})

test('a destination that a reload took out is not told of the recovery', async () => {
  const t = testIntake()
  await t.flux()
  t.rules.current = compileRules([], ['phone'])
  t.clock.now += 1000
  await t.flux(success())
  assert.equal(t.fates.at(-1), 'recovered')
  assert.deepEqual(t.messages.at(-1)?.destinations, ['phone'])
})

test('a success before the error and its recovery are not summed up', async () => {
  const t = testIntake()
  for (const fields of [success(), {}, success()]) {
    t.clock.now += 1000
    await t.flux(fields)
  }
  await t.pass(2 * HOUR)
  assert.deepEqual(t.fates, ['told', 'told', 'recovered'])
})
