import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { createCommandFiles, parseValues } from './command-files.ts'

test('what a step writes is read back', async () => {
  await using folder = await createFolder()
  const files = await createCommandFiles(folder.path)
  await appendFile(files.env.GITHUB_OUTPUT ?? '', 'tags<<end\na\n\nb=c\nend\ndigest=sha256:0\n')
  await appendFile(files.env.GITHUB_ENV ?? '', 'A=b=c\n')
  await appendFile(files.env.GITHUB_PATH ?? '', '/a\n/b\n')
  await appendFile(files.env.GITHUB_STEP_SUMMARY ?? '', '# A\n')
  assert.deepEqual(await files.read(), {
    env: { A: 'b=c' },
    outputs: { tags: 'a\n\nb=c', digest: 'sha256:0' },
    paths: ['/a', '/b'],
    summary: '# A\n',
  })
})

test('a value without an end, and a line without a name, are refused', () => {
  assert.throws(() => parseValues('a<<end\nb\n'), { message: 'invalid value: a has no line "end" that ends it' })
  assert.throws(() => parseValues('a\n'), { message: 'invalid format: expected name=value, got "a"' })
})
