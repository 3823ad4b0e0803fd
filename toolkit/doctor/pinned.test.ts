import assert from 'node:assert/strict'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { pinnedTools } from './pinned.ts'

const checkout = join(import.meta.dirname, '../..')

/** A tree with our pins, whose .bin/ has one program. */
async function find(t: TestContext, name: string, script?: string) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  await symlink(join(checkout, 'third-party'), join(folder.path, 'third-party'))
  await mkdir(join(folder.path, '.bin'))
  if (script !== undefined) {
    await writeFile(join(folder.path, '.bin', name), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder.path, '.bin', name), 0o755)
  }
  const tool = (await pinnedTools(folder.path)).find(each => each.name === name)
  assert.ok(tool)
  const context = { root: folder.path, env: process.env, signal: t.signal, hurry: t.signal, print: () => {} }
  return { tool, found: () => tool.find(context) }
}

test('what is wanted stands in go.mod', async t => {
  const { tool, found } = await find(t, 'kube-apiserver')
  assert.match(tool.wanted, /^1\.\d+\.\d+$/)
  assert.equal(tool.exact, true)
  assert.equal(await found(), undefined)
  assert.equal(
    tool.without,
    '`./fairlead cluster` cannot start; set KUBECONFIG to another cluster. `./fairlead tools kube-apiserver` builds it.',
  )
})

test('what comes as wheels stands in requirements.txt', async t => {
  const { tool, found } = await find(t, 'semgrep', 'echo 1.2.3')
  assert.match(tool.wanted, /^1\.\d+\.\d+$/)
  assert.equal(await found(), '1.2.3')
  assert.equal(tool.without, '`./fairlead sast` cannot look at the code. `./fairlead tools semgrep` installs it.')
})

test('what is found is what the program says, wherever it says it', async t => {
  assert.equal(await (await find(t, 'helm', 'echo v4.0.1+g1234')).found(), '4.0.1')
  assert.equal(await (await find(t, 'amtool', 'echo "amtool, version 0.30.0 (branch: )" >&2')).found(), '0.30.0')
})

test('a program that does not say is of no use', async t => {
  const { found } = await find(t, 'etcd', 'exit 3')
  await assert.rejects(found(), { message: 'one that does not tell its version (exit 3)' })
})
