import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findDifferences } from './check/installed.ts'
import { isAtLeast } from './doctor.ts'

const versions: [found: string, wanted: string, enough: boolean][] = [
  ['24.21.0', '24', true],
  ['24', '24.0.0', true],
  ['23.99.99', '24', false],
  ['100.0', '24', true],
  ['0.9.0', '0.9', true],
  ['0.10.0', '0.9', true],
  ['0.8.9', '0.9', false],
  ['1.9', '1.26', false],
]

for (const [found, wanted, enough] of versions) {
  test(`${found} ${enough ? 'is' : 'is not'} at least ${wanted}`, () => assert.equal(isAtLeast(found, wanted), enough))
}

const a = { version: '1.0.0', integrity: 'sha512-a' }
const differences: [what: string, wanted: object, installed: object, found: string[]][] = [
  ['the same', { '': {}, 'node_modules/a': a }, { 'node_modules/a': a }, []],
  ['a package too few', { 'node_modules/a': a }, {}, ['node_modules/a is missing']],
  ['an optional package too few', { 'node_modules/a': { ...a, optional: true } }, {}, []],
  ['a package too many', {}, { 'node_modules/a': a }, ['node_modules/a is not in package-lock.json']],
  [
    'another version',
    { 'node_modules/a': { ...a, version: '2.0.0' } },
    { 'node_modules/a': a },
    ['node_modules/a is 1.0.0, not 2.0.0'],
  ],
  [
    'other bytes of the same version',
    { 'node_modules/a': { ...a, integrity: 'sha512-b' } },
    { 'node_modules/a': a },
    ['node_modules/a 1.0.0 has other bytes'],
  ],
]

for (const [what, wanted, installed, found] of differences) {
  test(`installed packages: ${what}`, () => {
    assert.deepEqual(findDifferences({ packages: { ...wanted } }, { packages: { ...installed } }), found)
  })
}
