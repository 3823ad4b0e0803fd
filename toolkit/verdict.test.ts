import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { NotRun } from './not-run.ts'
import { UsageError } from './step.ts'
import { createContext } from './testing/context.ts'
import { createFolder } from './testing/folder.ts'
import { NoGo } from './tools/go.ts'
import { conclude, Skipped } from './verdict.ts'

const throws = (error: Error) => () => Promise.reject(error)
const endings: [work: () => Promise<string>, code: number, line: RegExp][] = [
  [async () => 'seen', 0, /^passed {3}scan +\d+\.\d s {2}seen$/],
  [throws(new Error('broken')), 1, /^FAILED {3}scan +\d+\.\d s {2}broken$/],
  [throws(new Skipped('set X')), 0, /^skipped {2}scan +\d+\.\d s {2}set X$/],
  [throws(new NotRun('no trivy')), 1, /^not run {2}scan +\d+\.\d s {2}no trivy$/],
  [throws(new NoGo('no Go')), 1, /^not run {2}scan +\d+\.\d s {2}no Go$/],
]

for (const [work, code, line] of endings) {
  test(`a step ends with one line: ${line.source.slice(1, 8)} is ${code}`, async () => {
    const context = createContext({ root: '/nonexistent', env: {} })
    assert.equal(await conclude('scan', context, work), code)
    assert.equal(context.lines.length, 1)
    assert.match(context.lines[0] ?? '', line)
  })
}

test('.ci/cannot-run excuses what cannot run, and nothing that fails', async () => {
  await using folder = await createFolder()
  await mkdir(join(folder.path, '.ci'))
  await writeFile(join(folder.path, '.ci/cannot-run'), '# why\nscanner: no\nscan: no way out\n')
  const context = createContext({ root: folder.path, env: {} })
  assert.equal(await conclude('scan', context, throws(new NotRun('no database'))), 0)
  assert.match(context.lines[0] ?? '', /^not run .*no database; \.ci\/cannot-run: no way out$/)
  assert.equal(await conclude('scan', context, throws(new Error('no database'))), 1)
  assert.equal(await conclude('sca', context, throws(new NotRun('no database'))), 1)
})

test('in GitHub Actions the summary and an annotation say it, and no message becomes a command', async () => {
  await using folder = await createFolder()
  const summary = join(folder.path, 'summary')
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
  const context = createContext({ root: folder.path, env })
  assert.equal(await conclude('scan', context, throws(new Error('a <b>\n::stop-commands::x'))), 1)
  assert.match(context.lines[0] ?? '', /a <b>\n\| ::stop-commands::x$/)
  assert.equal(context.lines[1], '::error title=scan%3A FAILED::a <b>%0A::stop-commands::x')
  assert.match(await readFile(summary, 'utf8'), /^- \*\*FAILED\*\* scan, \d+\.\d s: a &lt;b><br>::stop-commands::x\n$/)
})

test('wrong use stays wrong use, and who stops a step is not told that it failed', async () => {
  const context = createContext({ env: {} })
  await assert.rejects(conclude('scan', context, throws(new UsageError('wrong'))), UsageError)
  const stopped = createContext({ env: {}, signal: AbortSignal.abort(new Error('stopped')) })
  await assert.rejects(conclude('scan', stopped, throws(new Error('killed'))), /stopped/)
})
