import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manifestsIn } from './manifests-in.ts'

const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n'

test('each document is an object; one of comments only is none', () => {
  const found = manifestsIn(`---\n# Source: a.yaml\n${object}---\n# Source: b.yaml\n---\n${object}`)
  assert.deepEqual(
    found.map(each => [each.apiVersion, each.kind, each.metadata.name]),
    [
      ['v1', 'ConfigMap', 'a'],
      ['v1', 'ConfigMap', 'a'],
    ],
  )
})

test('what is no object, or no YAML, is refused', () => {
  assert.throws(() => manifestsIn('kind: ConfigMap\n'), { message: /expected an object with apiVersion.*ConfigMap/ })
  assert.throws(() => manifestsIn('a: [1'), { message: /^what helm printed is not YAML: / })
})
