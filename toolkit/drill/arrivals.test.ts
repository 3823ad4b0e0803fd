import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endOf, readConsole, readNotification } from './arrivals.ts'

const consoleLine = (fields: object, destination = 'console') =>
  JSON.stringify({
    level: 'info',
    destination,
    message: { subject: 'Alert//TargetDown', state: 'firing', ...fields },
    msg: 'message',
  })

const lines: [what: string, line: string, state: string | undefined][] = [
  ['a firing alert', consoleLine({}), 'firing'],
  ['its end', consoleLine({ state: 'resolved' }), 'resolved'],
  ['one of a namespace', consoleLine({ subject: 'Alert/shop/TargetDown' }), 'firing'],
  ['another alert', consoleLine({ subject: 'Alert//NotTargetDown' }), undefined],
  ['another kind of object', consoleLine({ subject: 'Pod//TargetDown' }), undefined],
  ['an event', consoleLine({ state: 'event' }), undefined],
  ['another destination', consoleLine({}, 'drill'), undefined],
  ['another line of the log', '{"level":"info","msg":"listening","message":"Alert//TargetDown"}', undefined],
  ['no JSON', 'Alert//TargetDown "message"', undefined],
]
for (const [what, line, state] of lines) {
  test(`the console: ${what}`, () => assert.equal(readConsole(line, 'TargetDown'), state))
}

const posted = (status: string, alert: string) =>
  `{"receiver":"direct","status":"${status}","alerts":[{"status":"firing","labels":{"alertname":"${alert}","severity":"no`

const notifications: [what: string, line: string, state: string | undefined][] = [
  ['a firing group, cut', posted('firing', 'Watchdog'), 'firing'],
  ['a group that has ended', posted('resolved', 'Watchdog'), 'resolved'],
  ['another alert', posted('firing', 'WatchdogToo'), undefined],
  ['the line of the request', '2026-11-20T10:00:00.000Z POST / → 200', undefined],
  ['what a drill sent', '{"specversion":"1.0","subject":"Drill/default/drill-1"}', undefined],
]
for (const [what, line, state] of notifications) {
  test(`the other receiver: ${what}`, () => assert.equal(readNotification(line, 'Watchdog'), state))
}

test('what the delivery plane cannot tell ends elsewhere', () => {
  const ends = ['Watchdog', 'FairleadBacklogOld', 'TargetDown', 'NotFairlead', 'WatchdogToo'].map(endOf)
  assert.deepEqual(ends, ['alert-log', 'alert-log', 'delivery', 'delivery', 'delivery'])
})
