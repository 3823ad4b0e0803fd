import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pinOf, pins, readGoMod } from './pins.ts'

const root = join(import.meta.dirname, '../..')

for (const pin of pins) {
  test(`${pin.name}: go.mod names the tool, and go.sum holds the checksum of its module`, async () => {
    const [goMod, goSum] = await Promise.all(
      ['go.mod', 'go.sum'].map(file => readFile(join(root, 'third-party', pin.folder, file), 'utf8')),
    )
    const version = readGoMod(goMod ?? '', pin)
    assert.match(pin.release(version), /^\d+\.\d+\.\d+$/)
    assert.ok((goSum ?? '').includes(`${pin.module} ${version} h1:`), `go.sum has no ${pin.module} ${version}`)
  })
}

const tool = { package: 'a.org/b/cmd/c', module: 'a.org/b' }
const mods: [what: string, text: string, pin: typeof tool, version: string][] = [
  ['on a line of its own', 'tool a.org/b/cmd/c\nrequire a.org/b v1.2.3\n', tool, 'v1.2.3'],
  [
    'in blocks',
    'tool (\n\ta.org/b/cmd/c\n)\nrequire (\n\ta.org/bb v9.0.0\n\ta.org/b v1.2.3 // indirect\n)\n',
    tool,
    'v1.2.3',
  ],
  ['the module is the tool', 'tool a.org/b\nrequire a.org/b v1.2.3\n', { ...tool, package: 'a.org/b' }, 'v1.2.3'],
  ['a program of ours', 'require a.org/b v1.2.3\n', { ...tool, package: '.' }, 'v1.2.3'],
  [
    'another version is excluded',
    'tool a.org/b/cmd/c\nrequire a.org/b v1.2.3\nexclude a.org/b v1.0.0\n',
    tool,
    'v1.2.3',
  ],
]

for (const [what, text, pin, version] of mods) {
  test(`the module of the tool: ${what}`, () => assert.equal(readGoMod(text, pin), version))
}

test('a go.mod without the tool, or without its module, is refused', () => {
  for (const text of ['', 'require a.org/b v1.2.3\n', 'tool a.org/b/cmd/c\nrequire a.org/bb v1.2.3\n'])
    assert.throws(() => readGoMod(text, tool), {
      message: 'go.mod: expected `tool a.org/b/cmd/c`, and a `require` line of a.org/b',
    })
})

test('a tool that nobody pinned', () => {
  assert.equal(pinOf('promtool').folder, 'prometheus')
  assert.throws(() => pinOf('promtol'), { message: 'third-party/ pins no promtol' })
})
