import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../exec.ts'
import type { Payload } from '../github.ts'
import { NotRun } from '../not-run.ts'
import { createFolder } from '../testing/folder.ts'
import { findRange, type Range, rangeOfEvent } from './range.ts'

const a = 'a'.repeat(40)
const pull = (sha: string): Payload => ({
  pull_request: { number: 7, head: { sha: 'b'.repeat(40), repo: null }, base: { sha } },
})

const ranges: [what: string, event: string, payload: Payload, range: Range][] = [
  ['a pull request', 'pull_request', pull(a), { what: 'the commits of pull request 7', base: a }],
  ['a push', 'push', { before: a }, { what: 'the commits of this push', base: a }],
  ['a new branch', 'push', { before: '0'.repeat(40) }, { what: 'every commit' }],
  ['a timer', 'schedule', {}, { what: 'every commit' }],
]

for (const [what, event, payload, range] of ranges) {
  test(`${what}: ${range.what}`, () => assert.deepEqual(rangeOfEvent({ event }, payload), range))
}

test('a payload whose commit would be an option of git is refused', () => {
  assert.throws(() => rangeOfEvent({ event: 'pull_request' }, pull('--output=/tmp/x')), {
    message: 'payload of the event: expected a commit, got "--output=/tmp/x"',
  })
})

test('without a history, or with a part of one, it is not run', async t => {
  await using folder = await createFolder()
  const env = {
    ...process.env,
    GITHUB_ACTIONS: '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CEILING_DIRECTORIES: folder.path,
  }
  const context = (root: string) => ({ root, env, signal: t.signal, hurry: t.signal, print: () => {} })
  const git = async (root: string, ...args: string[]) => {
    const { code, stderr } = await run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: root,
      env,
    })
    assert.equal(code, 0, stderr)
  }
  const [plain, whole, cut] = ['plain', 'whole', 'cut'].map(name => join(folder.path, name)) as [string, string, string]
  for (const each of [plain, whole]) await mkdir(each)
  await assert.rejects(findRange(false, context(plain)), new NotRun('git knows no history here; clone the repository'))

  await git(whole, 'init', '--quiet', '--initial-branch=main')
  for (const text of ['one', 'two']) {
    await writeFile(join(whole, 'file'), text)
    await git(whole, 'add', '.')
    await git(whole, 'commit', '--quiet', '--message', text)
  }
  assert.equal((await findRange(false, context(whole))).what, 'the commits that main has not')
  assert.deepEqual(await findRange(true, context(whole)), { what: 'every commit' })

  await git(folder.path, 'clone', '--quiet', '--depth=1', `file://${whole}`, cut)
  for (const all of [false, true])
    await assert.rejects(
      findRange(all, context(cut)),
      new NotRun('the history is cut off here; clone all of it (actions/checkout: fetch-depth: 0)'),
    )
})
