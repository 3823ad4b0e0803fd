import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPanels } from './check-panels.ts'
import { sample, startPrometheus, success } from './testing/prometheus.ts'

const dashboard = (expr: string) =>
  JSON.stringify({
    title: 'Shop',
    panels: [{ title: 'Row' }, { title: 'Now', targets: [{ expr }] }],
    templating: {
      list: [
        { name: 'datasource' },
        { name: 'job', definition: 'label_values(build_info, job)', current: { value: ['shop'] } },
      ],
    },
    annotations: { list: [{ name: 'Firing', expr: 'ALERTS' }] },
  })
const check = async (url: string, expr: string) =>
  checkPanels(url, new Map([['shop.json', dashboard(expr)]]), { signal: AbortSignal.timeout(20_000) })
const job = { 'group by (job) (build_info)': success(sample('1')) }

test('every query is asked with what the dashboard chooses, and a panel with data is fine', async t => {
  const query = 'rate(a{job=~"shop", instance=~".+"}[1m])'
  const { url, asked } = await startPrometheus(t, { ...job, [query]: success(sample('NaN'), sample('0')) })
  assert.deepEqual(await check(url, 'rate(a{job=~"$job", instance=~"$instance"}[$__rate_interval])'), [])
  assert.deepEqual(asked, [query, 'group by (job) (build_info)', 'ALERTS'])
})

const broken: [what: string, answer: unknown, mistake: string][] = [
  ['no series', success(), 'shop.json: Now: there is no data for a'],
  ['nothing but NaN', success(sample('NaN')), 'shop.json: Now: there is no data for a'],
  ['a query that is refused', { status: 'error', error: 'parse error' }, 'shop.json: Now: parse error: a'],
]
for (const [what, answer, mistake] of broken) {
  test(`caught: ${what}`, async t => {
    const { url } = await startPrometheus(t, { ...job, a: answer })
    assert.deepEqual(await check(url, 'a'), [mistake])
  })
}

test('caught: a variable without choices', async t => {
  const { url } = await startPrometheus(t, { a: success(sample('1')) })
  assert.deepEqual(await check(url, 'a'), ['shop.json: variable job: there is no data for group by (job) (build_info)'])
})
