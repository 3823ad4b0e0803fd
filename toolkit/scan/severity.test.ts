import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Finding, severities } from './report.ts'
import { describeFinding, failing, summarise } from './severity.ts'

const finding = (severity: Finding['severity'], where = 'package-lock.json'): Finding => ({
  id: 'CVE-2021-44906',
  severity,
  package: 'minimist',
  version: '1.2.5',
  fixed: '1.2.6',
  title: 'prototype pollution',
  where,
})

test('HIGH and CRITICAL fail, and nothing else does', () => {
  const found = failing(severities.map(each => finding(each)))
  assert.deepEqual(
    found.map(each => each.severity),
    ['CRITICAL', 'HIGH'],
  )
})

test('tools of third-party/ are counted and do not fail, because no image contains them', () => {
  const tool = finding('CRITICAL', 'third-party/helm/go.mod')
  assert.deepEqual(failing([tool]), [])
  const lookalike = finding('CRITICAL', 'app/third-party/go.mod')
  assert.deepEqual(failing([lookalike]), [lookalike])
  assert.equal(
    summarise([tool, finding('HIGH'), finding('LOW'), finding('LOW')]),
    '1 high, 2 low; 1 in the tools of third-party/, which no image contains',
  )
  assert.equal(summarise([]), 'none')
})

test('a finding says where it is and what to do', () => {
  assert.equal(
    describeFinding(finding('HIGH')),
    'HIGH CVE-2021-44906 in minimist 1.2.5 (package-lock.json), fixed in 1.2.6: prototype pollution',
  )
  assert.equal(
    describeFinding({ ...finding('HIGH'), fixed: undefined, title: '' }),
    'HIGH CVE-2021-44906 in minimist 1.2.5 (package-lock.json), no version of it is fixed yet',
  )
})
