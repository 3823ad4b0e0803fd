import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalise, textKey } from './normalise.ts'

const same: [name: string, one: string, other: string][] = [
  [
    'durations of a success',
    'Reconciliation finished in 2.084434647s, next run in 1m0s',
    'Reconciliation finished in 2.075916724s, next run in 1m0s',
  ],
  ['durations of several units', 'waited 1h2m3.5s', 'waited 450ms'],
  ['microseconds', 'took 12µs', 'took 7us'],
  ['next run in words', 'done, next run in 5 minutes', 'done, next run in 1 hour'],
  ['times', 'failed at 2026-11-20T10:00:00Z', 'failed at 2026-11-20T11:12:13.123456+01:00'],
  ['times with a blank', 'failed at 2026-11-20 10:00:00', 'failed at 2026-11-21 23:59:59.999'],
  ['klog lines', 'E1120 10:00:00.123456 sync failed', 'E1121 11:00:00.654321 sync failed'],
  ['client ports', 'read tcp 10.0.0.1:45678->10.0.0.2:443: reset', 'read tcp 10.0.0.1:34567->10.0.0.2:443: reset'],
  ['resource versions', 'conflict at 123456', 'conflict at 99887766'],
  [
    'UUIDs',
    'request 6ba7b810-9dad-11d1-80b4-00c04fd430c8 failed',
    'request 7ba7b811-9dad-11d1-80b4-00c04fd430c8 failed',
  ],
  [
    'digests',
    'pull sha256:4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    'pull sha256:5c825dc642cb6eb9a060e54bf8d69288fbee4904',
  ],
  ['pods', 'Pod/default/api-6b7f9c8d4x-x2k4p crashed', 'Pod/default/api-7c8f9c8d5x-9bcd4 crashed'],
  ['white space at the ends', ' failed\n', 'failed'],
]
for (const [name, one, other] of same) {
  test(`${name} do not tell two texts apart`, () => {
    assert.equal(normalise(one), normalise(other))
    assert.equal(textKey(one), textKey(other))
  })
}

const different: [string, string][] = [
  ['exit code 1', 'exit code 137'],
  ['HTTP 404', 'HTTP 503'],
  ['chart 1.2.3 failed', 'chart 1.2.4 failed'],
  ['Deployment/default/api', 'Deployment/default/web'],
  ['3/5 ready', '4/5 ready'],
  ['dependency a not ready', 'dependency b not ready'],
  ['the facade failed', 'the defaced failed'],
  ['connect to https', 'connect to httpx'],
]
for (const [one, other] of different) {
  test(`"${one}" and "${other}" are two texts`, () => {
    assert.notEqual(textKey(one), textKey(other))
  })
}

// Runs of what each form begins with: a form that could match in more than one way would take for ever.
for (const piece of [
  '1',
  '1m',
  'a',
  '-b',
  '1.',
  'next run in ',
  '-bcdfghjkl',
  '2026-11-',
  '10:',
  '1.1.1.1:',
  'ab12-',
]) {
  test(`39,000 characters of "${piece}" end`, () => {
    assert.equal(typeof normalise(piece.repeat(39_000 / piece.length)), 'string')
  })
}
