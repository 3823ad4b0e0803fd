import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toPlainText } from './exposition.ts'

test('counters get their suffix back, exemplars and the end mark go, the rest stays', () => {
  const openMetrics = `# HELP hits Things that happened.
# TYPE hits counter
hits_total{a="b # c"} 3 # {trace_id="x"} 1 1700000000.000
# HELP hits_now A gauge whose name starts like the counter.
# TYPE hits_now gauge
hits_now 4
# HELP wait_seconds
# TYPE wait_seconds histogram
wait_seconds_bucket{le="+Inf"} 1 # {trace_id="y"} 0.2 1700000000.000
# EOF
`
  assert.equal(
    toPlainText(openMetrics),
    `# HELP hits_total Things that happened.
# TYPE hits_total counter
hits_total{a="b # c"} 3
# HELP hits_now A gauge whose name starts like the counter.
# TYPE hits_now gauge
hits_now 4
# HELP wait_seconds
# TYPE wait_seconds histogram
wait_seconds_bucket{le="+Inf"} 1
`,
  )
})
