import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { checkFdatasync } from './fdatasync.ts'

const root = join(import.meta.dirname, '../..')

const check = (t: TestContext, path: string) =>
  checkFdatasync({ root, env: { PATH: path }, signal: t.signal, hurry: t.signal, print: () => {} })

test('without strace: not run', async t => {
  const verdict = await check(t, join(root, 'no-such-folder'))
  assert.deepEqual(verdict, { word: 'not run', detail: 'there is no strace (Debian: apt-get install strace)' })
})

test('where nobody may trace: not run', async t => {
  await using folder = await createFolder()
  const refusal = 'strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted'
  await writeFile(join(folder.path, 'strace'), `#!/bin/sh\necho '${refusal}' >&2\nexit 1\n`, { mode: 0o755 })
  const verdict = await check(t, folder.path)
  assert.deepEqual(verdict, { word: 'not run', detail: `strace may not trace here: ${refusal}` })
})
