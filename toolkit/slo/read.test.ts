import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readPlan } from './read.ts'

const file = 'monitoring/slo/service.yaml'
const text = await readFile(join(import.meta.dirname, '../..', file), 'utf8')
/** The line on which something stands, or stands first behind something else. */
const lineOf = (what: string, behind = '') => text.slice(0, text.indexOf(what, text.indexOf(behind))).split('\n').length
const at = (line: number, rule: string) => `${file}:${line}: ${rule}`
const ratio = 'spec.indicator.spec.ratioMetric'

const mistakes: [what: string, from: string | RegExp, to: string, message: string][] = [
  [
    'another version',
    'openslo/v1',
    'openslo/v2',
    at(lineOf('apiVersion'), 'apiVersion: expected openslo/v1, got "openslo/v2"'),
  ],
  [
    'an unknown key',
    'budgetingMethod:',
    'budgetMethod:',
    at(lineOf('budgetingMethod'), 'spec.budgetMethod: unknown key; did you mean budgetingMethod?'),
  ],
  [
    'an unknown annotation',
    'fairlead.dev/job:',
    'fairlead.dev/jobs:',
    at(
      lineOf('fairlead.dev/job'),
      'metadata.annotations.fairlead.dev/jobs: unknown key; did you mean fairlead.dev/job?',
    ),
  ],
  [
    'a target of 1',
    'target: 0.999',
    'target: 1',
    at(lineOf('target:'), 'spec.objectives.0.target: expected a number between 0 and 1, got 1'),
  ],
  [
    'a share that is no text',
    'warn-above: "0.05"',
    'warn-above: 0.05',
    at(
      lineOf('fairlead.dev/warn-above'),
      'metadata.annotations.fairlead.dev/warn-above: expected a number, in quotes, got 0.05',
    ),
  ],
  [
    'a share of no number',
    'warn-above: "0.05"',
    'warn-above: "5 %"',
    at(
      lineOf('fairlead.dev/warn-above'),
      'metadata.annotations.fairlead.dev/warn-above: expected a number, in quotes, got "5 %"',
    ),
  ],
  [
    'nothing is enough',
    'least-bad: "10"',
    'least-bad: "0"',
    at(
      lineOf('fairlead.dev/least-bad'),
      'metadata.annotations.fairlead.dev/least-bad: expected a whole number from 1 to 1000, in quotes, got 0',
    ),
  ],
  [
    'a month',
    'duration: 30d',
    'duration: 1M',
    at(lineOf('duration'), 'spec.timeWindow.0.duration: expected 7d to 99d, got "1M"'),
  ],
  [
    'another service',
    /^ {2}service: hello-world$/m,
    '  service: somebody',
    at(lineOf('  service:'), 'spec.service: expected the Service above, hello-world, got somebody'),
  ],
  [
    'good and bad',
    '        bad:',
    '        good: { metricSource: { type: Prometheus, spec: { query: a } } }\n        bad:',
    at(lineOf('ratioMetric'), `${ratio}: expected either good or bad`),
  ],
  ['a query with a function', /query: http_requests_total\{/, 'query: rate(http_requests_total{', ''],
  [
    'a threshold without its alert',
    /.*warn-alert: HighErrorRate.*\n/,
    '',
    at(
      lineOf('annotations:', 'name: availability'),
      'metadata.annotations: fairlead.dev/warn-alert and fairlead.dev/warn-above need each other',
    ),
  ],
  [
    'a bucket without its limit',
    ', le="0.5"',
    '',
    at(
      lineOf('good:'),
      `${ratio}.good: expected a bucket, such as x_bucket{le="0.5"}, and x_count as total; anything else is told by bad`,
    ),
  ],
  [
    'bad events that are not in the total',
    'http_requests_total{job="hello-world", handler',
    'http_requests_total{job="a", handler',
    at(lineOf('        bad:'), `${ratio}.bad: expected the query of total with more matchers`),
  ],
  ['two of one name', 'name: latency', 'name: availability', `${file}: there are two SLOs of the name availability`],
  ['no YAML', 'kind: Service', 'kind: "Service', ''],
]

for (const [what, from, to, message] of mistakes) {
  test(`refused: ${what}`, () => {
    const changed = text.replace(from, to)
    assert.notEqual(changed, text)
    assert.throws(
      () => readPlan(changed, file),
      (error: Error) => {
        assert.equal(error.name, 'SloMistakes')
        assert.match(error.message, /^monitoring\/slo\/service\.yaml:\d*/)
        if (message)
          assert.ok(
            error.message.split('\n').some(line => line.startsWith(message)),
            error.message,
          )
        return true
      },
    )
  })
}

test('every mistake is told, each on its own line', () => {
  const changed = text
    .replace('openslo/v1', 'v1')
    .replace('target: 0.999', 'target: 99.9')
    .replace('isRolling: true', 'rolling: true')
  assert.throws(
    () => readPlan(changed, file),
    (error: Error) => error.message.split('\n').length === 4,
  )
})

test('a file without an SLO is refused', () => {
  const [service = ''] = text.split('\n---\n')
  assert.throws(() => readPlan(service, file), {
    message: `${file}: expected a Service and at least one SLO behind it`,
  })
})

test('what the file says is read', () => {
  const { slos, ...plan } = readPlan(text, file)
  assert.equal(plan.stem, 'service')
  assert.deepEqual(
    slos.map(({ name, target, days, leastBad }) => ({ name, target, days, leastBad })),
    [
      { name: 'availability', target: 0.999, days: 30, leastBad: 10 },
      { name: 'latency', target: 0.99, days: 30, leastBad: 10 },
    ],
  )
  assert.equal(slos[1]?.part.kind === 'in time' && slos[1].part.limit, 0.5)
})
