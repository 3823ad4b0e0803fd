import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkForeign } from './check-foreign.ts'
import { foreignMetrics } from './foreign.ts'
import { type Answers, sample, startPrometheus, success } from './testing/prometheus.ts'

const labelled = (labels: readonly string[]) => Object.fromEntries(labels.map(label => [label, 'x']))
const all = Object.entries(foreignMetrics).map(([name, { labels }]) => [name, success(sample('0', labelled(labels)))])
const live: Answers = Object.fromEntries(all)

const cases: [what: string, answers: Answers, mistakes: string[]][] = [
  ['what is there passes', live, []],
  ['one that is gone is caught', { ...live, up: success() }, ['up: there is no such series']],
  [
    'a label that is gone is caught',
    { ...live, alertmanager_notifications_failed_total: success(sample('0', { name: 'x' })) },
    ['alertmanager_notifications_failed_total: no series has the label integration'],
  ],
]
for (const [what, answers, mistakes] of cases) {
  test(what, async t => {
    const { url } = await startPrometheus(t, answers)
    const found = await checkForeign(url, AbortSignal.timeout(20_000))
    assert.deepEqual(
      found,
      mistakes.map(mistake => `toolkit/telemetry/foreign.ts: ${mistake}`),
    )
  })
}
