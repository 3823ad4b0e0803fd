import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRetryAfter } from './retry-after.ts'

const now = Date.UTC(1994, 10, 6, 8, 49, 0)
const rows: [header: string | undefined, ms: number | undefined][] = [
  ['120', 120_000],
  [' 2 ', 2000],
  ['0.5', 500],
  ['1.0001', 1001],
  ['86400', 86_400_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 1994', 37_000],
  ['Fri, 06 Nov 2094 08:49:00 GMT', Date.UTC(2094, 10, 6, 8, 49) - now],
  ['0', undefined],
  ['-1', undefined],
  ['abc', undefined],
  ['', undefined],
  ['1e3', undefined],
  ['Infinity', undefined],
  ['12 apples', undefined],
  ['abc 2030', undefined],
  ['2030-01-01T00:00:00Z', undefined],
  ['Sun, 06 Nov 1994 08:48:59 GMT', undefined],
  ['Sun, 06 Nov 1994 08:49:00 GMT', undefined],
  [undefined, undefined],
]
for (const [header, ms] of rows) {
  test(`Retry-After: ${header} is ${ms === undefined ? 'ignored' : `${ms} ms`}`, () => {
    assert.equal(parseRetryAfter(header, now), ms)
  })
}
