import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRules } from '../rules.ts'
import { HOUR, MINUTE, testIntake } from '../testing/intake.ts'

const resolved = { status: 'resolved', endsAt: '2026-11-20T10:30:00Z' }
const FIRING = 'HighErrorRate: 5 % of requests fail'

test('reminders of a firing alert count and are told no more; its end is told with the count', async () => {
  const t = testIntake()
  const first = await t.alerts({})
  for (let n = 0; n < 6; n += 1) {
    t.clock.now += 5 * MINUTE
    assert.deepEqual(await t.alerts({}), first, 'the answer names the message that told it')
  }
  await t.alerts(resolved)
  assert.deepEqual(t.told(), [`${FIRING} (1, firing)`, `${FIRING} (resolved) (7, resolved)`])
  assert.equal(t.messages.length, 2)
  assert.match(
    t.messages[1]?.text ?? '',
    /\nRecovered after 30 min, seen 7 times: HighErrorRate: 5 % of requests fail$/,
  )
})

test('of a group only what changed is told', async () => {
  const t = testIntake()
  await t.alerts({ fingerprint: 'a' }, { fingerprint: 'b' })
  await t.alerts({ fingerprint: 'a' }, { fingerprint: 'b', ...resolved }, { fingerprint: 'c' })
  assert.deepEqual(t.fates.toSorted(), ['recovered', 'repeated', 'told', 'told', 'told'])
  assert.equal(t.intake.open(), 2)
})

test('copies from a second Alertmanager, late ones too, are no news', async () => {
  const t = testIntake()
  for (const fields of [{}, {}, resolved, resolved, {}]) await t.alerts(fields)
  assert.deepEqual(t.fates, ['told', 'repeated', 'recovered', 'repeated', 'repeated'])
  assert.equal(t.intake.open(), 0)
})

test('an alert that began anew is another episode, with or without the end of the one before', async () => {
  const t = testIntake()
  await t.alerts({})
  await t.alerts(resolved)
  await t.alerts({ startsAt: '2026-11-20T10:31:00Z' })
  await t.alerts({ startsAt: '2026-11-20T11:31:00Z' })
  assert.deepEqual(t.fates, ['told', 'recovered', 'told', 'told'])
  assert.match(
    t.messages.at(-1)?.decisions.at(-1)?.because ?? '',
    /^opens another episode: the one of .* never recovered$/,
  )
})

test('the late end of an earlier episode does not end this one', async () => {
  const t = testIntake()
  await t.alerts({ startsAt: '2026-11-20T10:31:00Z' })
  await t.alerts(resolved)
  assert.deepEqual(t.fates, ['told', 'repeated'])
  assert.equal(t.intake.open(), 1)
})

test('the end of an alert that nobody here heard of is told', async () => {
  const t = testIntake()
  await t.alerts(resolved)
  assert.deepEqual(t.told(), [`${FIRING} (resolved) (1, resolved)`])
  assert.equal(t.messages[0]?.decisions.at(-1)?.because, 'no episode was open')
})

test('reminders keep an episode open, and open it again without a message after it aged out', async () => {
  const t = testIntake()
  await t.alerts({})
  await t.pass(23 * HOUR)
  await t.alerts({})
  await t.pass(23 * HOUR)
  assert.equal(t.intake.open(), 1)
  await t.pass(2 * HOUR)
  assert.equal(t.intake.open(), 0)
  await t.alerts({})
  assert.equal(t.intake.open(), 1)
  assert.deepEqual(t.fates, ['told', 'repeated', 'aged out', 'repeated'])
})

test('an alert that the rules leave out is recorded once, and told once the rules take it', async () => {
  const t = testIntake({
    ruleSettings: [{ name: 'no watchdog', exclude: [{ name: 'Watchdog' }], destinations: ['phone'] }],
  })
  const watchdog = { labels: { alertname: 'Watchdog' } }
  await t.alerts(watchdog)
  await t.alerts(watchdog)
  assert.equal(t.messages.length, 1)
  assert.equal(t.messages[0]?.decisions[0]?.because, 'excluded by exclude[0]: {"name":"Watchdog"}')
  t.rules.current = compileRules(undefined, ['phone'])
  await t.alerts(watchdog)
  assert.deepEqual(t.fates, ['unmatched', 'repeated', 'told'])
})
