import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findSecrets } from './secret-scan.ts'

const folder = mkdtempSync(join(tmpdir(), 'scan-'))
after(() => rmSync(folder, { recursive: true }))

// Spelled in two parts, so that this file's own failures are not taken for a leak.
const secret = `s3cr${'3t'}-token/0001`

test('a secret is found in the output and in every file, by line, and cut', () => {
  mkdirSync(join(folder, 'deeper'))
  writeFileSync(join(folder, 'deeper/service.log'), `{"ok":true}\n{"token":"${secret}"}\n`)
  assert.deepEqual(findSecrets(`one\ntwo ${secret} ${secret}\n`, folder), [
    'output of the tests, line 2: two [secret] [secret]',
    'deeper/service.log, line 2: {"token":"[secret]"}',
  ])
})

test('output without a secret has none', () => {
  rmSync(join(folder, 'deeper'), { recursive: true, force: true })
  assert.deepEqual(findSecrets('a secret, s3cr3t but no marker\n', folder), [])
})
