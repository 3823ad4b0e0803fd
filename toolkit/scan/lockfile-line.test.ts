import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lockfileLine } from './lockfile-line.ts'

const lockfile = JSON.stringify(
  {
    packages: {
      '': { name: 'shop' },
      'node_modules/@a/minimist': { version: '9.0.0' },
      'node_modules/minimist': { version: '1.2.8' },
      'node_modules/mkdirp/node_modules/minimist': { version: '0.0.8' },
      'node_modules/minimist-options': { version: '0.0.8' },
    },
  },
  null,
  2,
)
const line = (name: string, version: string) =>
  lockfile.split('\n')[(lockfileLine(lockfile, name, version) ?? 0) - 1]?.trim()

test('the line that names the package in that version', () => {
  assert.equal(line('minimist', '1.2.8'), '"node_modules/minimist": {')
  assert.equal(line('minimist', '0.0.8'), '"node_modules/mkdirp/node_modules/minimist": {')
  assert.equal(line('@a/minimist', '9.0.0'), '"node_modules/@a/minimist": {')
})

test('the first that names the package when none has the version, and none for a package that is not there', () => {
  assert.equal(line('minimist', '5.0.0'), '"node_modules/minimist": {')
  assert.equal(lockfileLine(lockfile, 'libc6', '2.36'), undefined)
})
