import assert from 'node:assert/strict'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { checkChart } from './chart.ts'
import { checkReachability } from './reachability.ts'

const checkout = join(import.meta.dirname, '../..')

async function open(t: TestContext) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  await cp(join(checkout, 'third-party/helm'), join(folder.path, 'third-party/helm'), { recursive: true })
  await mkdir(join(folder.path, 'empty'))
  const env = { PATH: join(folder.path, 'empty'), XDG_CACHE_HOME: join(folder.path, 'cache') }
  return { root: folder.path, env, signal: t.signal, hurry: t.signal, print: () => {} }
}

for (const [name, check] of [
  ['chart', checkChart],
  ['reachability', checkReachability],
] as const) {
  test(`${name}: skipped where there is no chart`, async t => {
    assert.deepEqual(await check(await open(t)), { word: 'skipped', detail: 'helm/ has no chart' })
  })

  test(`${name}: not run where a chart is, but no Go to build helm with`, async t => {
    const context = await open(t)
    await mkdir(join(context.root, 'helm/a'), { recursive: true })
    await writeFile(join(context.root, 'helm/a/Chart.yaml'), '')
    const { word, detail } = await check(context)
    assert.equal(word, 'not run')
    assert.match(detail, /^there is no helm or \w+: install Go/)
  })
}
