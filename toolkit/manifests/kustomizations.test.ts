import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { fetchedBy, filesOf, findKustomizations } from './kustomizations.ts'

test('kustomizations are found with all that they are made of', async () => {
  await using folder = await createFolder()
  const files = {
    'flux/base/kustomization.yaml': 'resources: [a.yaml, https://example.com/x.yaml]\n',
    'flux/base/a.yaml': 'kind: Alert\n',
    'flux/base/signed/kustomization.yaml': 'kind: Component\npatches: [{ path: p.yaml }]\n',
    'flux/prod/kustomization.yaml':
      'resources: [../base]\ncomponents: [../base/signed]\npatches: [{ path: b.yaml }, { patch: inline }]\n',
    'flux/base/signed/p.yaml': '[]\n',
    'flux/prod/b.yaml': 'kind: Alert\n',
    'docs/kustomization.yaml': 'resources: []\n',
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true })
    await writeFile(join(folder.path, path), text)
  }
  assert.deepEqual(findKustomizations(folder.path), [
    { folder: 'flux/base', isComponent: false },
    { folder: 'flux/base/signed', isComponent: true },
    { folder: 'flux/prod', isComponent: false },
  ])
  assert.deepEqual(fetchedBy(folder.path, 'flux/prod'), ['https://example.com/x.yaml'])
  assert.deepEqual(filesOf(folder.path, 'flux/prod'), [
    'flux/prod/kustomization.yaml',
    'flux/prod/b.yaml',
    'flux/base/kustomization.yaml',
    'flux/base/a.yaml',
    'flux/base/signed/kustomization.yaml',
    'flux/base/signed/p.yaml',
  ])
})

const parts: [part: string, isFetched: boolean][] = [
  ['../base/service', false],
  ['a.b/c', false],
  ['release.yaml', false],
  ['github.com/acme/base/flux', true],
  ['github.com/acme/base?ref=v1', true],
  ['git@example.com:acme/base', true],
  ['ssh://git@example.com/acme/base', true],
]
for (const [part, isFetched] of parts)
  test(`${part} is ${isFetched ? 'fetched from elsewhere' : 'ours'}`, async () => {
    await using folder = await createFolder()
    await mkdir(join(folder.path, 'flux'))
    await writeFile(join(folder.path, 'flux/kustomization.yaml'), `resources: ['${part}']\n`)
    assert.deepEqual(fetchedBy(folder.path, 'flux'), isFetched ? [part] : [])
  })
