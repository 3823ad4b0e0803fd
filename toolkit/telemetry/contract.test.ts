import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBrokenQueries } from './contract.ts'
import { parseExposition } from './exposition.ts'
import { findExpressions } from './expressions.ts'

const exposition = `
# TYPE http_requests_total counter
http_requests_total{handler="/",status="200"} 3
http_requests_total{handler="/orders",status="200"} 3
http_requests_total{handler="/orders",status="503"} 1
http_requests_total{handler="/livez",status="200"} 9
# TYPE seconds histogram
seconds_bucket{handler="/",le="0.5"} 1
seconds_bucket{handler="/",le="1"} 1
seconds_bucket{handler="/",le="+Inf"} 1
seconds_sum{handler="/"} 0.25
seconds_count{handler="/"} 1
# TYPE pool_waiting gauge
pool_waiting 0
`
const exposed = parseExposition(exposition).map(series => ({ ...series, labels: { ...series.labels, job: 'shop' } }))

function check(query: string): string[] {
  const broken = findBrokenQueries([{ file: 'a.yaml', line: 7, text: query }], { exposed })
  return broken.map(each => each.split('\n')[0]?.replace('a.yaml:7: ', '') ?? '')
}

const good = [
  'sum by (handler) (rate(http_requests_total{handler!~"/livez", status=~"5.."}[5m]))',
  'sum(rate(http_requests_total{status="503"}[5m])) or vector(0)',
  'sum by (job) (rate(http_requests_total[5m])) / on (job) group_left () sum by (job) (rate(seconds_count[5m]))',
  'histogram_quantile(0.95, sum by (le) (rate(seconds_bucket{le=~"0.5|1.0"}[5m])))',
  'seconds_bucket{le="1.0"}', // what Prometheus 3 makes of 1
  'up{job="anything", namespace="shop"} == 0 unless on () absent(pool_waiting)',
  'max_over_time(pool_waiting[1h:5m]) > 2 and on (instance) up',
  'label_replace(pool_waiting, "pod", "$1", "instance", "(.*)") * on (pod) group_left () sum by (pod) (label_replace(up, "pod", "$1", "instance", "(.*)"))',
  'topk(3, http_requests_total) offset 5m',
  'predict_linear(pool_waiting[1h], 3600) > time() - scalar(pool_waiting)',
  'http_requests_total{status!=""}',
]
for (const query of good) test(`passes: ${query}`, () => assert.deepEqual(check(query), []))

const wrong: [what: string, query: string, ...sentences: string[]][] = [
  [
    'a renamed metric',
    'http_request_total',
    'http_request_total: nothing shows or records it; did you mean http_requests_total?',
  ],
  [
    'a metric deep inside',
    'sum(rate(http_requests_total[5m])) / sum(rate(gone_total[5m]))',
    'gone_total: nothing shows or records it',
  ],
  [
    'a renamed label',
    'http_requests_total{route="/"}',
    'http_requests_total{route="/"}: it has no label route, only handler, instance, job, namespace, status',
  ],
  [
    'a value that nothing has',
    'http_requests_total{status=~"6.."}',
    'http_requests_total{status=~"6.."}: no series has 6..; there is 200, 503',
  ],
  [
    'a renamed route among others',
    'http_requests_total{handler!~"/livez|/readyz"}',
    'http_requests_total{handler!~"/livez|/readyz"}: no series has /readyz; there is /, /livez, /orders',
  ],
  [
    'an exclusion of nothing',
    'http_requests_total{handler!="/metrics"}',
    'http_requests_total{handler!="/metrics"}: no series has /metrics; there is /, /livez, /orders',
  ],
  [
    'a bucket that is not there',
    'seconds_bucket{le="0.3"}',
    'seconds_bucket{le="0.3"}: no series has 0.3; there is +Inf, 0.5, 1.0',
  ],
  [
    'a bucket as Prometheus 2 had it',
    'seconds_bucket{le="1"}',
    'seconds_bucket{le="1"}: no series has 1; there is +Inf, 0.5, 1.0',
  ],
  [
    'another job',
    'pool_waiting{job="shop-api"}',
    'pool_waiting{job="shop-api"}: no series has shop-api; there is shop',
  ],
  [
    'values that never come together',
    'http_requests_total{handler="/", status="503"}',
    'http_requests_total: no series fits all of its matchers together',
  ],
  [
    'a label to group by',
    'sum by (route) (http_requests_total)',
    'sum by (route): there is no label route, only handler, instance, job, namespace, status',
  ],
  [
    'a label that was summed away',
    'sum by (status) (sum by (handler) (http_requests_total))',
    'sum by (status): there is no label status, only handler',
  ],
  [
    'a histogram without its bounds',
    'histogram_quantile(0.9, sum by (handler) (rate(seconds_bucket[5m])))',
    'histogram_quantile: there is no label le left; keep it in sum by (…, le)',
  ],
  [
    'two sides that never meet',
    'sum by (handler) (http_requests_total) / sum(seconds_count)',
    '/: no series can meet: the left side has the labels (handler), the right side ()',
  ],
  [
    'a label to match on',
    'pool_waiting * on (handler) seconds_count',
    'the left side of * on (handler): there is no label handler, only instance, job, namespace',
  ],
  [
    'a label to bring over',
    'seconds_count * on (job) group_left (status) pool_waiting',
    'group_left (status): there is no label status, only instance, job, namespace',
  ],
  ['the rate of a gauge', 'rate(pool_waiting[5m])', 'rate: pool_waiting is a gauge, and only a counter can be counted'],
  ['a rate of no range', 'rate(http_requests_total)', 'rate: expected a range such as [5m]'],
  ['no PromQL', 'sum(rate(http_requests_total[5m])', 'it is no PromQL: unexpected end'],
  ['no name', '{status="200"}', 'a selector without the name of a metric cannot be checked'],
]
for (const [what, query, ...sentences] of wrong)
  test(`caught: ${what}`, () => assert.deepEqual(check(query), sentences))

const rules = `
groups:
  - name: a
    rules:
      - alert: Many
        expr: shop:errors:rate5m{slo="availability"} > 0.1
        labels: { severity: warning }
        annotations: { summary: 'At {{ $labels.handler }} it is {{ $labels.severity }}.' }
      - record: shop:errors:rate5m
        expr: sum by (handler) (rate(http_requests_total{status=~"5.."}[5m]))
        labels: { slo: availability }
`
const checkFile = (file: string, text: string) =>
  findBrokenQueries(findExpressions(new Map([[file, text]])), { exposed }).map(each => each.split('\n')[0])

test('what a rule records has the labels of its query and its own, wherever it stands', () => {
  assert.deepEqual(checkFile('monitoring/rules/a.yaml', rules), [])
})

const inRules: [what: string, from: string, to: string, sentence: string][] = [
  [
    'a rule that was renamed',
    'record: shop:errors',
    'record: shop:failures',
    'monitoring/rules/a.yaml:6: shop:errors:rate5m: nothing shows or records it; did you mean shop:failures:rate5m?',
  ],
  [
    'a value that no rule gives',
    'slo: availability }',
    'slo: latency }',
    'monitoring/rules/a.yaml:6: shop:errors:rate5m{slo="availability"}: no series has availability; there is latency',
  ],
  [
    'a renamed metric that is recorded',
    'http_requests_total',
    'requests_total',
    'monitoring/rules/a.yaml:10: requests_total: nothing shows or records it; did you mean http_requests_total?',
  ],
  [
    'a label of an annotation',
    '$labels.handler',
    '$labels.route',
    'monitoring/rules/a.yaml:6: an annotation shows $labels.route, which the alert has not',
  ],
]
for (const [what, from, to, sentence] of inRules) {
  test(`caught: ${what}`, () =>
    assert.ok(checkFile('monitoring/rules/a.yaml', rules.replace(from, to)).includes(sentence)))
}

test('a metric that the processes no longer show under its name is caught, with place, name and query', () => {
  const renamed = exposed.map(series => ({
    ...series,
    name: series.name.replace('http_requests', 'http_server_requests'),
  }))
  const expressions = findExpressions(new Map([['monitoring/rules/a.yaml', rules]]))
  assert.deepEqual(findBrokenQueries(expressions, { exposed: renamed }), [
    'monitoring/rules/a.yaml:10: http_requests_total: nothing shows or records it; did you mean http_server_requests_total?\n' +
      '    sum by (handler) (rate(http_requests_total{status=~"5.."}[5m]))',
  ])
})

test('an excuse holds for its label and value alone', () => {
  const excuses = new Map([['status', ['4..']]])
  const broken = (text: string) => findBrokenQueries([{ file: 'a', line: 1, text }], { exposed, excuses })
  assert.deepEqual(broken('http_requests_total{status=~"4..", handler="/"}'), [])
  assert.equal(broken('http_requests_total{status=~"6..", handler="/"}').length, 1)
  assert.equal(broken('http_requests_total{status=~"4..", handler="/gone"}').length, 1)
})

const places: [file: string, text: string, found: [line: number, query: string][]][] = [
  ['docs/a.md', 'x\n```promql\nup ==\n  0\n```\n```sh\nup\n```\n', [[3, 'up ==\n  0']]],
  [
    'monitoring/dashboards/a.json',
    '{\n"panels": [{ "targets": [{ "expr": "up" }], "description": "expr" }],\n"definition": "label_values(up, job)" }',
    [
      [2, 'up'],
      [3, 'group by (job) (up)'],
    ],
  ],
  ['helm/a/values.yaml', 'metrics:\n  - query: up\n', [[2, 'up']]],
  ['helm/a/templates/hpa.yaml', '{{- if .x }}\n  query: "up{job=~\\"{{ .y }}\\"}"\n{{- end }}', [[2, 'up{job=~".+"}']]],
  ['helm/a/files/rule.yaml', 'spec: { groups: [{ rules: [{ record: a, expr: up }] }] }', [[1, 'up']]],
  ['prometheus/a.yml', 'expr: up', [[1, 'up']]],
  ['toolkit/a.yaml', 'expr: up', []],
]
for (const [file, text, found] of places) {
  test(`the queries of ${file}`, () => {
    const expressions = findExpressions(new Map([[file, text]]))
    assert.deepEqual(
      expressions.map(({ line, text: query }) => [line, query]),
      found,
    )
  })
}
