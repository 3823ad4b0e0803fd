import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readComplaints } from './complaints.ts'
import { examplesIn } from './documents.ts'
import { locate } from './locate.ts'

test('each thing that kubeconform says becomes a complaint with its field', () => {
  const line =
    "/tmp/x.yaml - HelmRelease shop is invalid: problem validating schema. Check JSON formatting: jsonschema validation failed with 'file:///x#'"
  const stdout = `${line} - at '/spec': additional properties 'intervall' not allowed - at '/spec/ref/0/tag': 'x' does not match\n`
  assert.deepEqual(readComplaints(stdout), [
    {
      kind: 'HelmRelease',
      name: 'shop',
      field: 'intervall',
      message: "at '/spec': additional properties 'intervall' not allowed",
    },
    { kind: 'HelmRelease', name: 'shop', field: 'tag', message: "at '/spec/ref/0/tag': 'x' does not match" },
  ])
  assert.deepEqual(readComplaints('x.yaml - Alert a failed validation: could not find schema for Alert\n'), [
    { kind: 'Alert', name: 'a', message: 'could not find schema for Alert' },
  ])
  assert.deepEqual(readComplaints('\n'), [])
})

test('a line that is not understood is passed on, not lost', () => {
  assert.deepEqual(readComplaints('panic'), [{ kind: '', name: '', message: 'panic' }])
})

const texts = new Map([
  ['k/kustomization.yaml', 'kind: Kustomization\n'],
  ['k/source.yaml', 'kind: OCIRepository\nspec:\n  interval: 1m\n'],
  ['k/release.yaml', 'kind: HelmRelease # ours\nspec:\n  values: { intervals: 1 }\n  interval: 5m\n'],
])
const places: [what: string, asked: { kind: string; field?: string }, place: { file: string; line?: number }][] = [
  ['a field', { kind: 'HelmRelease', field: 'interval' }, { file: 'k/release.yaml', line: 4 }],
  ['a field within braces', { kind: 'HelmRelease', field: 'intervals' }, { file: 'k/release.yaml', line: 3 }],
  ['a field that is missing', { kind: 'HelmRelease', field: 'timeout' }, { file: 'k/release.yaml' }],
  ['an object as a whole', { kind: 'OCIRepository' }, { file: 'k/source.yaml' }],
  ['a kind that no file has', { kind: 'Alert', field: 'interval' }, { file: 'k/kustomization.yaml' }],
]
for (const [what, asked, place] of places)
  test(`${what} is found where it stands`, () => assert.deepEqual(locate(texts, asked), place))

test('a guide shows whole objects, and the line of each is known', () => {
  const guide = 'Text\n\n```yaml\napiVersion: v1\nkind: Secret\n```\n\n```yaml\nreceivers: []\n```\n'
  assert.deepEqual(examplesIn('docs/a.md', guide), [
    { file: 'docs/a.md', line: 4, text: 'apiVersion: v1\nkind: Secret\n' },
  ])
})
