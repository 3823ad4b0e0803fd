import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { printDashboard } from './dashboard.ts'
import { lintDashboard } from './lint.ts'
import { stat, timeSeries } from './panels.ts'
import { own, rate } from './queries.ts'

const monitoring = join(import.meta.dirname, '../../../monitoring')
const hasRunbook = (alert: string) => existsSync(join(monitoring, 'runbooks', `${alert}.md`))

for (const file of await readdir(join(monitoring, 'dashboards'))) {
  test(`monitoring/dashboards/${file} has no mistake`, async () => {
    const text = await readFile(join(monitoring, 'dashboards', file), 'utf8')
    assert.deepEqual(lintDashboard(text, hasRunbook), [])
  })
}

const small = printDashboard({
  ...{ uid: 'shop', title: 'Shop', description: 'All of it.', buildInfo: 'build_info', job: 'shop' },
  repository: 'https://example.org/shop',
  rows: [
    {
      title: 'Row',
      panels: [
        stat(['Now', 'At this moment.', 'none'], own('up'), { runbook: 'TargetDown' }),
        timeSeries(['Rate', 'How many.', 'reqps'], [[rate('requests_total'), '{{status}}']]),
      ],
    },
  ],
})
const lint = (text: string) => lintDashboard(text, alert => alert === 'TargetDown')

test('a small dashboard has no mistake, and is made the same each time', () => assert.deepEqual(lint(small), []))

const planted: [what: string, from: string | RegExp, to: string, mistake: string][] = [
  ['a data source by its name', `"uid": "\${datasource}"`, '"uid": "prometheus"', 'templating.list.1.datasource.uid'],
  ['a unit that Grafana has not', '"unit": "reqps"', '"unit": "requests"', 'panels.2.fieldConfig.defaults.unit'],
  ['a misspelt key', '"legendFormat"', '"legend"', 'panels.2.targets.0.legend'],
  ['no description', '"How many."', '""', 'panels.2.description'],
  ['no title', '"title": "Rate"', '"title": ""', 'panels.2.title'],
  ['an older schema', '"schemaVersion": 42', '"schemaVersion": 36', 'schemaVersion'],
  [
    'a window of its own',
    '[$__rate_interval]',
    '[5m]',
    'Rate: rate(requests_total{job=~"$job", instance=~"$instance"}[5m]): expected [$__rate_interval], got [5m]',
  ],
  [
    'every instance there is',
    'up{job=~\\"$job\\", instance=~\\"$instance\\"}',
    'up',
    'Now: up: up is not narrowed by job=~"$job", instance=~"$instance"',
  ],
  [
    'an instance by its name',
    'up{job=~\\"$job\\", instance=~\\"$instance\\"}',
    'up{job=~\\"$job\\", instance=\\"a:80\\"}',
    'Now: up{job=~"$job", instance="a:80"}: up is not narrowed by job=~"$job", instance=~"$instance"',
  ],
  [
    'no PromQL',
    'rate(requests',
    'rate((requests',
    'Rate: rate((requests_total{job=~"$job", instance=~"$instance"}[$__rate_interval]): it is no PromQL: unexpected end',
  ],
  [
    'a runbook that is not there',
    'TargetDown.md',
    'TargetGone.md',
    'Now: there is no runbook behind https://example.org/shop/blob/main/monitoring/runbooks/TargetGone.md',
  ],
  ['one panel over another', '"x": 4', '"x": 3', 'Rate: it lies over Now'],
  ['beyond the edge', '"x": 4', '"x": 20', 'Rate: it reaches from column 20 to 28, and there are 24'],
  ['too flat', '"h": 8', '"h": 2', 'Rate: its height is 2, expected 3 to 12'],
  ['a hole', /"x": 4, "y": 1/, '"x": 4, "y": 7', 'line 5 is empty'],
]
for (const [what, from, to, mistake] of planted) {
  test(`caught: ${what}`, () => {
    const changed = small.replace(from, () => to)
    assert.notEqual(changed, small)
    const found = lint(changed)
    assert.ok(
      found.some(each => each.startsWith(mistake)),
      found.join('\n'),
    )
  })
}

test('caught: two panels of one id, and of one title', () => {
  const ids = [...small.matchAll(/"id": (\d+)/g)].map(([, id = '']) => id)
  assert.equal(ids.length, 3)
  const [, second = '', third = ''] = ids
  assert.deepEqual(lint(small.replace(`"id": ${third}`, `"id": ${second}`)), [`two panels have the id ${second}`])
  assert.deepEqual(lint(small.replace('"title": "Rate"', '"title": "Now"')), ['two panels have the title Now'])
})
