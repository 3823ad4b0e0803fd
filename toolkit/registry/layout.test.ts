import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { readLayout, writeLayout } from './layout.ts'
import { fluxContent } from './publish.ts'

const content = (text: string) =>
  fluxContent(new Map([['a.yaml', text]]), { source: 'https://github.com/acme/shop', revision: 'main@sha1:abc' })

test('the same content gives the same digest, and another content another', async () => {
  await using folder = await createFolder()
  const write = (name: string, text: string) => writeLayout(join(folder.path, name), content(text))
  const first = await write('one', 'a: 1')
  assert.deepEqual(await write('two', 'a: 1'), first)
  assert.deepEqual(await readLayout(join(folder.path, 'two')), first)
  assert.notEqual((await write('one', 'a: 2')).digest, first.digest)
  assert.equal(
    globSync('one/blobs/sha256/*', { cwd: folder.path }).length,
    3,
    'a layout that is written anew keeps nothing',
  )
})

test('a manifest that was changed in its folder is found out', async () => {
  await using folder = await createFolder()
  const layout = join(folder.path, 'it')
  const { digest } = await writeLayout(layout, content('a: 1'))
  await writeFile(join(layout, 'blobs/sha256', digest.slice('sha256:'.length)), '{}')
  await assert.rejects(readLayout(layout), /it was changed: build again/)
})
