import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { listFiles } from '../tree/list-files.ts'
import { secondsOf } from './alerts.ts'
import { findMistakes } from './mistakes.ts'

const root = join(import.meta.dirname, '../..')

test('every alert of this tree is tested, and has a runbook', async () => {
  const files = (await listFiles(root)).filter(file => file.startsWith('monitoring/'))
  const texts = await Promise.all(files.map(async file => [file, await readFile(join(root, file), 'utf8')] as const))
  assert.deepEqual(findMistakes(new Map(texts)), [])
})

const rules = `
groups:
  - name: a
    rules:
      - record: a:b
        expr: b
      - alert: Late
        expr: b > 1
        labels: { severity: warning, service: a }
        annotations:
          summary: It is late.
          description: By {{ $value }}.
          runbook_url: https://example.org/monitoring/runbooks/Late.md
          dashboard_url: https://example.org/blob/main/monitoring/dashboards/a.json
`
const tests = `
tests:
  - alert_rule_test:
      - { alertname: Late, eval_time: 4m, exp_alerts: [] }
      - { alertname: Late, eval_time: 5m, exp_alerts: [{ exp_labels: {} }] }
      - { alertname: Late, eval_time: 1h }
`
const runbook = '# Late\n\n## Meaning\n\n## Impact\n\n## Diagnosis\n\n## Mitigation\n'
const good = {
  'monitoring/rules/a.yaml': rules,
  'monitoring/tests/a_test.yaml': tests,
  'monitoring/runbooks/Late.md': runbook,
  'monitoring/runbooks/README.md': '[a dashboard](../dashboards/a.json), [elsewhere](https://example.org)',
  'monitoring/dashboards/a.json': '{}',
}
const check = (texts: Record<string, string>) => findMistakes(new Map(Object.entries(texts)))
const rule = (from: string, to: string) => ({ ...good, 'monitoring/rules/a.yaml': rules.replace(from, to) })
const story = (from: string, to: string) => ({ ...good, 'monitoring/tests/a_test.yaml': tests.replace(from, to) })

test('a whole alert has no mistake', () => assert.deepEqual(check(good), []))

const noStory = 'no test in monitoring/tests expects it quiet, then firing, then quiet again'
const address = 'runbook_url: expected an address that ends in /monitoring/runbooks/Late.md'
const planted: [what: string, texts: Record<string, string>, mistakes: string[]][] = [
  [
    'a severity that nobody routes',
    rule('warning', 'page'),
    ['Late: severity: expected critical or warning or info or none, got page'],
  ],
  ['no service', rule(', service: a', ''), ['Late: it has no label service, by which it is routed']],
  ['no summary', rule('summary: It is late.', ''), ['Late: it has no summary']],
  ['the runbook of another alert', rule('runbooks/Late.md', 'runbooks/Early.md'), [`Late: ${address}`]],
  [
    'a dashboard that is not there',
    rule('dashboards/a.json', 'dashboards/b.json'),
    [
      'Late: dashboard_url: expected an address that ends in /blob/main/ and a file, got https://example.org/blob/main/monitoring/dashboards/b.json',
    ],
  ],
  ['a sign of life that is quiet', rule('warning', 'none'), ['Late: no test in monitoring/tests expects it to fire']],
  ['no test at all', { ...good, 'monitoring/tests/a_test.yaml': '' }, [`Late: ${noStory}`]],
  ['never quiet before', story('eval_time: 4m', 'eval_time: 6m'), [`Late: ${noStory}`]],
  ['never quiet after', story('eval_time: 1h', 'eval_time: 1m'), [`Late: ${noStory}`]],
  ['never firing', story('[{ exp_labels: {} }]', '[]'), [`Late: ${noStory}`]],
  ['only another one is tested', story('Late, eval_time: 5m', 'Early, eval_time: 5m'), [`Late: ${noStory}`]],
  [
    'fires in one story, and is quiet in another',
    story('      - { alertname: Late, eval_time: 5m', '  - alert_rule_test:\n      - { alertname: Late, eval_time: 5m'),
    [`Late: ${noStory}`],
  ],
  [
    'a runbook without a section',
    { ...good, 'monitoring/runbooks/Late.md': runbook.replace('## Impact\n', '') },
    [
      'Late: monitoring/runbooks/Late.md: expected the sections Meaning, Impact, Diagnosis, Mitigation, got Meaning, Diagnosis, Mitigation',
    ],
  ],
]

for (const [what, texts, mistakes] of planted) {
  test(`caught: ${what}`, () => {
    assert.deepEqual(
      check(texts),
      mistakes.map(mistake => `monitoring/rules/a.yaml: ${mistake}`),
    )
  })
}

test('caught: a runbook whose alert is gone', () => {
  const texts = { ...good, 'monitoring/runbooks/Early.md': runbook }
  assert.deepEqual(check(texts), ['monitoring/runbooks/Early.md: there is no alert of this name'])
})

test('caught: an alert that is there twice, one of them without a runbook', () => {
  const { 'monitoring/runbooks/Late.md': _, ...others } = good
  const mistake = 'Late: there is no monitoring/runbooks/Late.md'
  assert.deepEqual(check({ ...others, 'monitoring/rules/b.yaml': rules }), [
    `monitoring/rules/a.yaml: ${mistake}`,
    `monitoring/rules/b.yaml: ${mistake}`,
    'Late: there are two alerts of this name',
  ])
})

test('caught: a runbook that links to nothing', () => {
  const texts = { ...good, 'monitoring/runbooks/README.md': '[an alert](Early.md)' }
  assert.deepEqual(check(texts), [
    'monitoring/runbooks/README.md: it links to Early.md, but there is no monitoring/runbooks/Early.md',
  ])
})

test('durations as Prometheus writes them', () => {
  assert.deepEqual(['0', '30s', '6h18m', '1d2h3m4s'].map(secondsOf), [0, 30, 22_680, 93_784])
  assert.throws(() => secondsOf('5 minutes'), { message: 'expected a duration such as 6h18m, got "5 minutes"' })
})
