import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepLog } from '../testing/flags.ts'
import { quietLog } from './quiet-log.ts'

test('a sentence comes once a minute, another one at once', () => {
  let now = 0
  const { log, lines } = keepLog()
  const quiet = quietLog(log, () => now)
  quiet.error('cannot read', new Error('ENOENT').message)
  quiet.error('cannot read', 'ENOENT')
  quiet.error('cannot read', 'EACCES')
  now = 59_999
  quiet.error('cannot read', 'ENOENT')
  now = 60_000
  quiet.error('cannot read', 'ENOENT')
  assert.deepEqual(
    lines.map(line => [line.level, line.said]),
    [
      ['warn', 'cannot read ENOENT'],
      ['warn', 'cannot read EACCES'],
      ['warn', 'cannot read ENOENT'],
    ],
  )
})

test('what is for debugging and the reconnecting stay out of a log at info', () => {
  const { log, lines } = keepLog()
  const quiet = quietLog(log)
  quiet.debug('got message')
  quiet.info('started')
  quiet.error('Connection error, attempting to reconnect')
  assert.deepEqual(lines, [])
})
