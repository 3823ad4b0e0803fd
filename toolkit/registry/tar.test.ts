import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { gzip, writeTar } from './tar.ts'

const long = `${'folder/'.repeat(20)}${'n'.repeat(90)}.txt`
const files = new Map<string, Uint8Array | string>([
  ['b.txt', 'b'],
  ['a/empty', ''],
  ['a/block', 'x'.repeat(512)],
  ['a/more', Buffer.alloc(513, 1)],
  [long, 'ü'],
])

test('tar reads what we write, bytes and long paths included', async () => {
  await using folder = await createFolder()
  const archive = join(folder.path, 'it.tgz')
  await writeFile(archive, gzip(writeTar(files)))
  execFileSync('tar', ['-xzf', archive, '-C', folder.path])
  for (const [path, content] of files)
    assert.deepEqual(await readFile(join(folder.path, path)), Buffer.from(content), path)
  const listed = execFileSync('tar', ['-tvzf', archive, '--utc', '--full-time'], { encoding: 'utf8' })
    .trim()
    .split('\n')
  assert.match(listed[0] ?? '', /^-rw-r--r-- 0\/0 +512 1970-01-01 00:00:00 a\/block$/)
  assert.equal(listed.length, files.size)
})

test('the same files are the same bytes, in whatever order they come', () => {
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const turned = new Map([...files].reverse())
  assert.equal(hash(gzip(writeTar(turned))), hash(gzip(writeTar(files))))
  assert.equal(gzip(writeTar(files))[9], 255)
})

test('an archive takes nothing that would leave its folder, and no path that it would cut short', () => {
  for (const path of ['', '/etc/passwd', '../a', 'a/../../b'])
    assert.throws(() => writeTar(new Map([[path, '']])), /relative paths only/)
  assert.throws(() => writeTar(new Map([['n'.repeat(101), '']])), /too long/)
})
