import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesKey } from './bad-values.ts'

const schema = (...complaints: string[]) =>
  [
    "Error: values don't meet the specifications of the schema(s) in the following chart(s):",
    'hello-world:',
    ...complaints,
  ].join('\n')

const cases: [what: string, message: string, key: string, names: boolean][] = [
  ['the value itself', schema("- at '/image/digest': 'a' does not match pattern 'b'"), 'image.digest', true],
  ['something inside the value', schema("- at '/extraEnv/0': missing property 'name'"), 'extraEnv', true],
  ['an unknown key', schema("- at '': additional properties 'imag' not allowed"), 'imag', true],
  ['an unknown key below', schema("- at '/image': additional properties 'tagg' not allowed"), 'image.tagg', true],
  ['below a condition', schema("- at '': 'allOf' failed", "  - at '/replicas': value must be 1"), 'replicas', true],
  ['another key', schema("- at '/image/digest': 'a' does not match pattern 'b'"), 'image.tag', false],
  ['a key that begins alike', schema("- at '/images': got number, want string"), 'image', false],
  ['another unknown key', schema("- at '/image': additional properties 'tagg' not allowed"), 'image.digest', false],
  [
    'two keys, of which one is right',
    schema("- at '/replicas': got string, want integer", "- at '/openshift': got string, want boolean"),
    'replicas',
    false,
  ],
  [
    'a template',
    'Error: execution error at (a/b.yaml:1:4): publish.paths.exact: expected none',
    'publish.paths.exact',
    true,
  ],
  [
    'a template, but another key',
    'Error: execution error at (a/b.yaml:1:4): publish.paths.exact: expected',
    'paths.exact',
    false,
  ],
  ['a template that fell over', 'Error: execution error at (a/b.yaml:1:4): nil pointer evaluating a.b', 'a.b', false],
]

for (const [what, message, key, names] of cases)
  test(`${names ? 'names' : 'does not name'} ${key}: ${what}`, () => assert.equal(namesKey(message, key), names))
