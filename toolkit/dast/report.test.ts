import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFindings, summarise } from './report.ts'

const alert = (name: string, riskcode: string, count = '1') => ({ name, riskcode, count, riskdesc: 'not read' })
const report = (...alerts: unknown[]) =>
  JSON.stringify({ '@version': '2.17.0', site: [{ '@name': 'http://service:8080', alerts }] })

test('findings are read by their risk, the gravest first', () => {
  const findings = readFindings(report(alert('Header', '1', '3'), alert('Injection', '3'), alert('Cookie', '1')))
  assert.deepEqual(findings[0], { name: 'Injection', risk: 'high', count: 1 })
  assert.equal(summarise(findings), '1 high, 2 low')
})

test('a site without findings, and a crawl that reached no site', () => {
  assert.equal(summarise(readFindings(report())), 'no findings')
  assert.deepEqual(readFindings('{"site":[]}'), [])
})

test('what is no report is not taken for one without findings', () => {
  for (const text of ['{}', '[]', '', report({ name: 'a', riskcode: '9', count: '1' })])
    assert.throws(() => readFindings(text))
})
