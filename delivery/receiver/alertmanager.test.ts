import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../event.ts'
import { alert, notification } from '../testing/flux-event.ts'
import { parseAlertmanager } from './alertmanager.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const parse = (body: unknown) => parseAlertmanager(body, 'alertmanager', NOW)
function parseOne(fields: Record<string, unknown> = {}, group: Record<string, unknown> = {}): Event {
  const [event] = parse(notification([alert(fields)], group))
  assert.ok(event)
  return event
}

test('a firing alert becomes what rules, episodes and sinks need', () => {
  assert.deepEqual(parse(notification([alert()])), [
    {
      type: 'dev.fairlead.alert.firing',
      source: '/alertmanager/team-x',
      input: 'alertmanager',
      subject: { kind: 'Alert', namespace: 'shop', name: 'HighErrorRate' },
      time: '2026-11-20T10:00:00.123Z',
      severity: 'critical',
      reason: 'Firing',
      title: 'HighErrorRate: 5 % of requests fail',
      text: 'For 5 minutes now.\nservice=api\nRunbook: https://runbooks.example.com/HighErrorRate',
      labels: {
        alertname: 'HighErrorRate',
        severity: 'critical',
        namespace: 'shop',
        service: 'api',
        runbook_url: 'https://runbooks.example.com/HighErrorRate',
        generator_url: 'http://prometheus.example.com/graph?g0.expr=up',
        external_url: 'http://alertmanager.example.com',
      },
      link: 'https://runbooks.example.com/HighErrorRate',
      state: 'firing',
      episode: 'alertmanager/a1b2c3d4e5f60718',
      repeats: 'counted',
      since: '2026-11-20T10:00:00.123Z',
    },
  ])
})

test('a resolved alert has the time of its end, and still tells when it began', () => {
  const { time, since, state, reason, title } = parseOne({ status: 'resolved', endsAt: '2026-11-20T11:00:00Z' })
  assert.deepEqual(
    { time, since, state, reason, title },
    {
      time: '2026-11-20T11:00:00.000Z',
      since: '2026-11-20T10:00:00.123Z',
      state: 'resolved',
      reason: 'Resolved',
      title: 'HighErrorRate: 5 % of requests fail (resolved)',
    },
  )
})

test('the status of the alert counts, not that of its group', () => {
  const events = parse(notification([alert({ status: 'resolved' }), alert()], { status: 'firing' }))
  assert.deepEqual(
    events.map(event => event.state),
    ['resolved', 'firing'],
  )
})

for (const [given, severity] of [
  ['critical', 'critical'],
  ['page', 'critical'],
  ['Error', 'error'],
  ['warning', 'warning'],
  ['none', 'info'],
  ['P1', 'warning'],
  ['constructor', 'warning'],
  [undefined, 'warning'],
]) {
  test(`severity ${given} is ${severity}`, () => {
    assert.equal(parseOne({ labels: { alertname: 'A', severity: given } }).severity, severity)
  })
}

test('the link is the runbook, else the dashboard, else where the alert comes from', () => {
  const annotations = { dashboard_url: 'https://grafana.example.com/d/1' }
  assert.equal(parseOne({ annotations }).link, 'https://grafana.example.com/d/1')
  assert.equal(parseOne({ annotations: {} }).link, 'http://prometheus.example.com/graph?g0.expr=up')
  assert.equal(parseOne({ annotations: {}, generatorURL: '' }).link, 'http://alertmanager.example.com')
})

test('alerts that Alertmanager left out of a group are noted', () => {
  assert.match(
    parseOne({}, { truncatedAlerts: 3 }).text,
    /\nAlertmanager left out 3 more alerts of this group \(max_alerts\)\.$/,
  )
})

test('an alert needs neither annotations nor name nor fingerprint', () => {
  const bare = { labels: { job: 'x' }, annotations: null, fingerprint: undefined }
  const { title, text, episode } = parseOne(bare)
  assert.deepEqual([title, text], ['unnamed alert', 'job=x'])
  assert.match(episode, /^alertmanager\/[0-9a-f]{16}$/)
  assert.equal(parseOne(bare).episode, episode)
  assert.notEqual(parseOne({ ...bare, labels: { job: 'y' } }).episode, episode)
})

test('labels of the alert win over ours, and any name is only a name', () => {
  const labels = JSON.parse('{"alertname":"A","external_url":"mine","__proto__":"x"}')
  const event = parseOne({ labels })
  assert.equal(event.labels.external_url, 'mine')
  assert.equal(Object.hasOwn(event.labels, '__proto__'), true)
  assert.equal(Object.getPrototypeOf(event.labels), Object.prototype)
})

test('a description as long as the body may be is cut to what Flux would send', () => {
  assert.equal(parseOne({ annotations: { description: 'x'.repeat(1_000_000) } }).text.length, 39_000)
})

const mistakes: [unknown, string][] = [
  [null, 'the notification: expected an object, got null'],
  [{}, 'alerts: expected a list, got nothing'],
  [notification(['x']), 'alerts.0: expected an object, got "x"'],
  [
    notification([alert(), alert({ status: 'sleeping' })]),
    'alerts.1.status: expected firing or resolved, got "sleeping"',
  ],
  [notification([alert({ status: undefined })]), 'alerts.0.status: expected firing or resolved, got nothing'],
  [notification([alert({ startsAt: 'soon' })]), 'alerts.0.startsAt: expected a time as RFC 3339 has it, got "soon"'],
  [notification([alert({ labels: [] })]), 'alerts.0.labels: expected an object, got []'],
]
for (const [body, message] of mistakes) {
  test(`refused: ${message}`, () => {
    assert.throws(() => parse(body), { name: 'BadEvent', message })
  })
}
