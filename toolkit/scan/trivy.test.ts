import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastComplaint } from './trivy.ts'

test('the last error says the most', () => {
  const stderr =
    '2026-11-21T07:00:00Z\tINFO\t[db] Downloading\n2026-11-21T07:00:01Z\tERROR\tone\n2026-11-21T07:00:02Z\tFATAL\tFatal error\trun error: 1 error occurred:\n\t* no such host\n\n'
  assert.equal(lastComplaint(stderr), 'Fatal error run error: 1 error occurred: * no such host')
})

test('without errors the last line, and without lines a word', () => {
  assert.equal(lastComplaint('Killed\n'), 'Killed')
  assert.equal(lastComplaint(''), 'no reason given')
})
