import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobReport, RunReport } from '../../pipeline/machine.ts'
import { describeRun, expectResults, expectStop, ranElsewhere } from './expect.ts'

const step = (line: string, outcome: JobReport['steps'][number]['outcome'], output = '') => ({
  line,
  outcome,
  output,
  seconds: 1.25,
})
const job = (result: JobReport['result'], ...steps: JobReport['steps']): JobReport => ({
  result,
  steps,
  outputs: {},
  summary: '',
})

const run: RunReport = {
  artifacts: '/nowhere',
  jobs: {
    scan: job(
      'failure',
      step('npm ci', 'elsewhere', 'by a link'),
      step('./fairlead scan', 'failure', 'asks Trivy\nFAILED   scan    1.2 s  hono has a hole'),
    ),
    publish: job('skipped', step('./fairlead push', 'skipped')),
    test: job('success', step('./fairlead check a', 'success'), step('npm test', 'success')),
  },
}

test('a run that ended otherwise than expected is told with what failed', () => {
  expectResults(run, { scan: 'failure', publish: 'skipped' })
  assert.throws(
    () => expectResults(run, { publish: 'skipped' }),
    /^Error: the job scan ended as failure, expected success: `.\/fairlead scan` said\nasks Trivy\nFAILED/,
  )
  assert.throws(() => expectResults(run, { scan: 'failure' }), {
    message: 'the job publish ended as skipped, expected success',
  })
})

test('a run has to stop at the right line, for the right reason', () => {
  assert.equal(expectStop(run, 'scan', './fairlead scan', /hono/), './fairlead scan stops it: hono has a hole')
  assert.throws(
    () => expectStop(run, 'scan', './fairlead sbom', /hono/),
    /expected `.\/fairlead sbom` to fail, and `.\/fairlead scan` did/,
  )
  assert.throws(() => expectStop(run, 'scan', './fairlead scan', /lodash/), /failed without \/lodash\//)
  assert.throws(() => expectStop(run, 'test', './fairlead check a', /hono/), /and nothing did/)
})

test('what ran, and what did not', () => {
  assert.deepEqual(describeRun('main', run), [
    '         main           scan     scan 1.3 s',
    '         main           test     check a 1.3 s',
  ])
  assert.deepEqual(ranElsewhere(run), ['npm ci: by a link'])
})
