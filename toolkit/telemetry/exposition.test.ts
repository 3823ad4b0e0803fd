import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseExposition } from './exposition.ts'

const read = (text: string) => parseExposition(text).map(({ name, type, labels }) => [name, type, labels])

test('a family, its parts and a metric without a type', () => {
  const text =
    '# HELP a_seconds Time.\n# TYPE a_seconds histogram\na_seconds_bucket{le="+Inf"} 1\na_seconds_count 1\nb 0.5\n'
  assert.deepEqual(read(text), [
    ['a_seconds_bucket', 'histogram', { le: '+Inf' }],
    ['a_seconds_count', 'histogram', {}],
    ['b', 'untyped', {}],
  ])
})

test('bounds are floats, as Prometheus 3 stores them; other labels stay', () => {
  assert.deepEqual(read('a{le="1"} 1\na{le="0.5",code="1"} 1\na{quantile="1"} 1'), [
    ['a', 'untyped', { le: '1.0' }],
    ['a', 'untyped', { le: '0.5', code: '1' }],
    ['a', 'untyped', { quantile: '1.0' }],
  ])
})

test('values with quotes, braces and backslashes', () => {
  const [series] = parseExposition('a{path="/x/{id}",said="\\"a\\\\b\\"\\n"} 1')
  assert.deepEqual(series?.labels, { path: '/x/{id}', said: '"a\\b"\n' })
})

test('what is no sample is refused', () => {
  assert.throws(() => parseExposition('<html>'), /expected a sample of the Prometheus text format, got "<html>"/)
})
