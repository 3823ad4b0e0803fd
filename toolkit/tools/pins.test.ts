import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pins, prometheusRelease, readGoMod } from './pins.ts'

const root = join(import.meta.dirname, '../..')

for (const { name, release } of pins) {
  test(`${name}: go.mod names the tool, and go.sum holds the checksum of its module`, async () => {
    const [goMod, goSum] = await Promise.all(
      ['go.mod', 'go.sum'].map(file => readFile(join(root, 'third-party', name, file), 'utf8')),
    )
    const { tool, version } = readGoMod(goMod ?? '')
    assert.match(release(version), /^\d+\.\d+\.\d+$/)
    const sums = (goSum ?? '').split('\n').filter(line => line.includes(` ${version} h1:`))
    assert.ok(
      sums.some(line => tool.startsWith(line.split(' ')[0] ?? '-')),
      `go.sum has no ${version} for ${tool}`,
    )
  })
}

const mods: [what: string, text: string, version: string][] = [
  ['on a line of its own', 'tool a.org/b/cmd/c\nrequire a.org/b v1.2.3\n', 'v1.2.3'],
  ['in a block', 'tool a.org/b/cmd/c\n\nrequire (\n\ta.org/bb v9.0.0\n\ta.org/b v1.2.3 // indirect\n)\n', 'v1.2.3'],
  ['the module is the tool', 'tool a.org/b\nrequire a.org/b v1.2.3\n', 'v1.2.3'],
  ['another version is excluded', 'tool a.org/b\n\nrequire a.org/b v1.2.3\n\nexclude a.org/b v1.0.0\n', 'v1.2.3'],
]

for (const [what, text, version] of mods) {
  test(`the module of the tool: ${what}`, () => assert.equal(readGoMod(text).version, version))
}

test('a go.mod without a tool is refused', () => {
  for (const text of ['', 'require a.org/b v1.2.3\n', 'tool a.org/bc\nrequire a.org/b v1.2.3\n'])
    assert.throws(() => readGoMod(text), {
      message: 'go.mod: expected one `tool` line, and a `require` line of the module that holds it',
    })
})

test('the release of a module of Prometheus', () => {
  assert.equal(prometheusRelease('v0.315.0'), '3.15.0')
  assert.equal(prometheusRelease('v0.304.2'), '3.4.2')
  assert.throws(() => prometheusRelease('v2.0.0'), {
    message: 'prometheus: expected a module version such as v0.315.0, got "v2.0.0"',
  })
})
