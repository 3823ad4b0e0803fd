import assert from 'node:assert/strict'
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { checkPromtool } from './promtool.ts'

const checkout = join(import.meta.dirname, '../..')

/** A tree with a rule, a test and a runbook, and a go command that "builds" a promtool which dislikes one word. */
async function open(t: TestContext, disliked = 'nothing') {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const path = (name: string) => join(folder.path, name)
  await cp(join(checkout, 'third-party/prometheus'), path('third-party/prometheus'), { recursive: true })
  for (const name of ['bin', 'monitoring/rules', 'monitoring/tests', 'monitoring/runbooks'])
    await mkdir(path(name), { recursive: true })
  await writeFile(path('monitoring/rules/a.yaml'), '')
  await writeFile(path('monitoring/tests/a_test.yaml'), '')
  await writeFile(path('monitoring/runbooks/A.md'), '```sh\nls\n```\n\n```promql\nup ==\n  0\n```\n')
  await writeFile(
    path('bin/go'),
    `#!/bin/sh
if [ "$1" = version ]; then echo 'go version go1.26.0 linux/amd64'; exit; fi
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\ncase "$*" in *"${disliked}"*) echo no >&2; exit 1 ;; esac\\n' > "$2"
chmod 755 "$2"
`,
  )
  await chmod(path('bin/go'), 0o755)
  const printed: string[] = []
  const env = { PATH: [path('bin'), process.env.PATH].join(delimiter), XDG_CACHE_HOME: path('cache') }
  const context = { root: folder.path, signal: t.signal, hurry: t.signal, print: (line: string) => printed.push(line) }
  return {
    path,
    printed,
    check: (more: NodeJS.ProcessEnv = {}) => checkPromtool({ ...context, env: { ...env, ...more } }),
  }
}

test('passed: it names what was looked at', async t => {
  const { check } = await open(t)
  assert.deepEqual(await check(), {
    word: 'passed',
    detail: 'promtool 3.15.0: monitoring/rules/a.yaml, monitoring/tests/a_test.yaml; 1 queries of runbooks',
  })
})

for (const [what, disliked] of [
  ['a rule', 'check rules --lint=all --lint-fatal monitoring/rules/a.yaml'],
  ['a test', 'test rules monitoring/tests/a_test.yaml'],
  ['a query of a runbook, however many lines it has', 'promql format up ==\n  0'],
]) {
  test(`FAILED: promtool dislikes ${what}, and its words are shown`, async t => {
    const { check, printed } = await open(t, disliked?.replace('\n', '\\n'))
    assert.deepEqual(await check(), { word: 'FAILED', detail: 'see above' })
    assert.match(printed.at(-1) ?? '', /^promtool .*\nno$/s)
  })
}

test('not run: there is no Go', async t => {
  const { check, path } = await open(t)
  const detail = 'there is no promtool: install Go 1.26 or newer (https://go.dev/dl)'
  assert.deepEqual(await check({ PATH: path('nothing') }), { word: 'not run', detail })
})

test('skipped: there are no rules', async t => {
  const { check, path } = await open(t)
  await rm(path('monitoring'), { recursive: true })
  assert.deepEqual(await check(), { word: 'skipped', detail: 'monitoring/rules has no file' })
})
