import assert from 'node:assert/strict'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { findScripts, runShellcheck } from './shell.ts'
import { runActionlint, runZizmor } from './workflows.ts'

const checkout = join(import.meta.dirname, '../..')

async function open(t: TestContext, files: Record<string, string>) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  await symlink(join(checkout, 'third-party'), join(folder.path, 'third-party'))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, file)), { recursive: true })
    await writeFile(join(folder.path, file), text)
  }
  await cp(join(checkout, '.github/zizmor.yml'), join(folder.path, '.github/zizmor.yml'))
  // A token would have zizmor ask GitHub, which cannot be reached with this one.
  const env = { ...process.env, GITHUB_TOKEN: 's3cr3t-token' }
  return { root: folder.path, env, signal: t.signal, hurry: t.signal, print: () => {} }
}

const checkoutAction = `actions/checkout@${'0'.repeat(40)} # v7.0.0`
const clean = `name: a
on: [push]
permissions: {}
concurrency:
  group: a
  cancel-in-progress: false
jobs:
  a:
    runs-on: ubuntu-24.04
    permissions:
      contents: read # clone
    steps:
      - uses: ${checkoutAction}
        with:
          persist-credentials: false
      - run: echo "$TITLE"
        env:
          TITLE: \${{ github.event.head_commit.message }}
`

const places = (findings: { file: string; line?: number; rule: string }[]) =>
  findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`)

/** What is changed in the clean workflow, and what has to be found on which line. */
const mistakes: [what: string, from: string, to: string, found: { actionlint?: string; zizmor?: string }][] = [
  ['a context that is not there', 'github.event.head', 'github.evnt.head', { actionlint: '18 actionlint/expression' }],
  ['a key that is not there', 'runs-on:', 'run-on:', { actionlint: '9 actionlint/syntax-check' }],
  [
    'a value in a script',
    'echo "$TITLE"',
    `echo "\${{ github.event.head_commit.message }}"`,
    { actionlint: '16 actionlint/expression', zizmor: '16 zizmor/template-injection' },
  ],
  [
    'a script that shellcheck finds fault with',
    'echo "$TITLE"',
    'echo $TITLE',
    { actionlint: '16 actionlint/shellcheck' },
  ],
  ['an action by its tag', checkoutAction, 'actions/checkout@v7', { zizmor: '13 zizmor/unpinned-uses' }],
  ['credentials left behind', 'persist-credentials: false', 'fetch-depth: 1', { zizmor: '13 zizmor/artipacked' }],
  [
    'a permission without its reason',
    'contents: read # clone',
    'contents: write',
    { zizmor: '11 zizmor/undocumented-permissions' },
  ],
  [
    'foreign code with our rights',
    'on: [push]',
    'on: [pull_request_target]',
    { zizmor: '2 zizmor/dangerous-triggers' },
  ],
]

test('a clean workflow', async t => {
  const context = await open(t, { '.github/workflows/a.yml': clean })
  assert.deepEqual(await runActionlint(context), [])
  assert.deepEqual(await runZizmor(context), [])
})

for (const [what, from, to, found] of mistakes) {
  test(`planted in a workflow: ${what}`, async t => {
    assert.ok(clean.includes(from), from)
    const context = await open(t, { '.github/workflows/a.yml': clean.replace(from, to) })
    const at = (rest: string) => `.github/workflows/a.yml:${rest}`
    if (found.actionlint) {
      const said = places(await runActionlint(context))
      assert.ok(said.includes(at(found.actionlint)), `${at(found.actionlint)} is not in: ${said}`)
    }
    if (found.zizmor) {
      const said = places(await runZizmor(context))
      assert.ok(said.includes(at(found.zizmor)), `${at(found.zizmor)} is not in: ${said}`)
    }
  })
}

test('planted in an action of ours: a value in a script', async t => {
  const action =
    'name: a\ndescription: a\ninputs:\n  b: { description: b, required: true }\nruns:\n  using: composite\n  steps:\n'
  const context = await open(t, {
    '.github/workflows/a.yml': clean,
    '.github/actions/b/action.yml': `${action}    - run: echo \${{ inputs.b }}\n      shell: bash\n`,
  })
  assert.deepEqual(places(await runZizmor(context)), ['.github/actions/b/action.yml:8 zizmor/template-injection'])
})

test('a workflow that is no YAML is not taken for a clean one', async t => {
  const context = await open(t, { '.github/workflows/a.yml': 'on: [push\n' })
  assert.notDeepEqual(await runActionlint(context), [])
  await assert.rejects(runZizmor(context), /^Error: zizmor ended with /)
})

test('without workflows there is nothing to find', async t => {
  const context = await open(t, {})
  assert.deepEqual([await runActionlint(context), await runZizmor(context)], [[], []])
})

test('a script is known by its name or by its first line, and a fault stands at its line', async t => {
  const context = await open(t, {
    'a.sh': 'echo fine\n',
    run: '#!/usr/bin/env bash\n\necho $1\n',
    'b.py': '#!/usr/bin/env python3\nprint($1)\n',
  })
  const scripts = await findScripts(context.root)
  assert.deepEqual(scripts, ['a.sh', 'run'])
  assert.deepEqual(places(await runShellcheck(scripts, context)).sort(), ['a.sh:1 SC2148', 'run:3 SC2086'])
})
