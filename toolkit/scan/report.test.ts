import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReport } from './report.ts'

const vulnerability = {
  VulnerabilityID: 'CVE-2021-44906',
  PkgName: 'minimist',
  InstalledVersion: '1.2.5',
  FixedVersion: '1.2.6',
  Severity: 'CRITICAL',
  Title: 'minimist:\n::error::prototype\u001b[31m pollution',
}

const parse = (report: object) => parseReport(JSON.stringify({ SchemaVersion: 2, ...report }))

test('findings say what, which version, where and what helps; their text is one line without control characters', () => {
  const report = parse({
    Metadata: { ImageID: 'sha256:1' },
    Results: [
      { Target: 'debian 12', Packages: [{ Identifier: { PURL: 'pkg:deb/debian/libc6@2.36' } }] },
      {
        Target: 'Node.js',
        Packages: [{ Identifier: { PURL: 'pkg:npm/minimist@1.2.5' } }],
        Vulnerabilities: [
          { ...vulnerability, PkgPath: 'app/service/bom.cdx.json' },
          { ...vulnerability, FixedVersion: '', Severity: 'LOW', Title: undefined },
        ],
      },
    ],
  })
  const finding = { id: 'CVE-2021-44906', package: 'minimist', version: '1.2.5' }
  assert.deepEqual(report, {
    image: 'sha256:1',
    npmPackages: 1,
    findings: [
      {
        ...finding,
        severity: 'CRITICAL',
        fixed: '1.2.6',
        title: 'minimist: ::error::prototype [31m pollution',
        where: 'app/service/bom.cdx.json',
      },
      { ...finding, severity: 'LOW', fixed: undefined, title: '', where: 'Node.js' },
    ],
    accepted: [],
  })
})

test('what a VEX document took out is kept apart', () => {
  const taken = { Type: 'vulnerability', Status: 'not_affected', Finding: vulnerability }
  const { findings, accepted } = parse({ Results: [{ Target: 'Node.js', ExperimentalModifiedFindings: [taken] }] })
  assert.deepEqual(findings, [])
  assert.deepEqual(
    accepted.map(each => each.id),
    ['CVE-2021-44906'],
  )
})

test('an empty report has no package', () => assert.equal(parse({}).npmPackages, 0))

test('a report in another format is refused', () => {
  assert.throws(() => parse({ SchemaVersion: 3 }), { message: /another format: SchemaVersion/ })
  assert.throws(
    () => parse({ Results: [{ Target: 'a', Vulnerabilities: [{ ...vulnerability, Severity: 'GRAVE' }] }] }),
    {
      message: /Results\.0\.Vulnerabilities\.0\.Severity/,
    },
  )
})
