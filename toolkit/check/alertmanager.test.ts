import assert from 'node:assert/strict'
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { checkAlertmanager } from './alertmanager.ts'

const checkout = join(import.meta.dirname, '../..')

/** A tree with the configuration of this one, and a go command that "builds" an amtool with these answers. */
async function open(t: TestContext, amtool: string) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const path = (name: string) => join(folder.path, name)
  await cp(join(checkout, 'third-party/alertmanager'), path('third-party/alertmanager'), { recursive: true })
  await cp(join(checkout, 'prometheus'), path('prometheus'), { recursive: true })
  await mkdir(path('bin'))
  await writeFile(path('amtool'), `#!/bin/sh\n${amtool}\n`)
  await writeFile(
    path('bin/go'),
    `#!/bin/sh
if [ "$1" = version ]; then echo 'go version go1.26.0 linux/amd64'; exit; fi
while [ "$1" != -o ]; do shift; done
cp ${JSON.stringify(path('amtool'))} "$2" && chmod 755 "$2"
`,
  )
  await chmod(path('bin/go'), 0o755)
  const env = { PATH: [path('bin'), process.env.PATH].join(delimiter), XDG_CACHE_HOME: path('cache') }
  const context = { root: folder.path, signal: t.signal, hurry: t.signal, print: () => {} }
  return {
    path,
    check: (more: NodeJS.ProcessEnv = {}) => checkAlertmanager({ ...context, env: { ...env, ...more } }),
  }
}

test('FAILED: amtool dislikes the configuration, and its words are shown', async t => {
  const { check } = await open(t, '[ "$1" != check-config ] || { echo "unknown field"; exit 1; }')
  assert.deepEqual(await check(), { word: 'FAILED', detail: 'amtool check-config: unknown field' })
})

test('FAILED: an alert goes elsewhere', async t => {
  const { check } = await open(t, 'echo direct')
  assert.deepEqual(await check(), {
    word: 'FAILED',
    detail: 'alertname=TargetDown severity=critical service=hello-world: goes to direct, expected delivery',
  })
})

test('not run: there is no Go', async t => {
  const { check, path } = await open(t, '')
  const detail = 'there is no amtool: install Go 1.26 or newer (https://go.dev/dl)'
  assert.deepEqual(await check({ PATH: path('nothing') }), { word: 'not run', detail })
})

test('skipped: there is no configuration', async t => {
  const { check, path } = await open(t, '')
  await rm(path('prometheus'), { recursive: true })
  assert.deepEqual(await check(), { word: 'skipped', detail: 'there is no prometheus/alertmanager.yml' })
})
