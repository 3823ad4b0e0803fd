import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { run } from '../exec.ts'
import { lookForSecrets } from '../secrets.ts'
import { createFolder } from '../testing/folder.ts'
import { findSecrets } from './gitleaks.ts'

const checkout = join(import.meta.dirname, '../..')

// Made here, so that this file holds nothing that looks like a key. It has no marker, because the marker is what is allowed.
const createKey = () => `ghp_${randomBytes(18).toString('hex')}`

/** A repository whose first commit is the trunk's. */
async function open(t: TestContext) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const root = folder.path
  const env = { ...process.env, GITHUB_ACTIONS: '', GIT_CONFIG_GLOBAL: '/dev/null' }
  const git = async (...args: string[]) => {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']
    const { code, stdout, stderr } = await run('git', [...identity, ...args], { cwd: root, env })
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  const commit = async (files: Record<string, string>) => {
    for (const [file, text] of Object.entries(files)) await writeFile(join(root, file), text)
    await git('add', '.')
    await git('commit', '--quiet', '--message', 'change')
    return (await git('rev-parse', 'HEAD')).slice(0, 12)
  }
  await git('init', '--quiet', '--initial-branch=main')
  await mkdir(join(root, 'third-party'))
  await cp(join(checkout, '.gitleaks.toml'), join(root, '.gitleaks.toml'))
  await cp(join(checkout, 'third-party/gitleaks'), join(root, 'third-party/gitleaks'), { recursive: true })
  await writeFile(join(root, '.gitignore'), '.bin\n')
  await commit({ 'a.ts': 'export {}\n' })
  await git('checkout', '--quiet', '-b', 'work')
  const lines: string[] = []
  const context = { root, env, signal: t.signal, hurry: t.signal, print: (line: string) => void lines.push(line) }
  return { root, git, commit, context, lines, look: (all = false) => lookForSecrets(all, context) }
}

const one = { message: /^1 found in the commits that main has not, see above: withdraw each/ }

test('a key is found though a later commit took it away, and its value is not printed', async t => {
  const { commit, look, lines } = await open(t)
  const key = createKey()
  const at = await commit({ 'a.ts': `// first\nexport const key = '${key}'\n` })
  await commit({ 'a.ts': 'export {}\n' })
  await assert.rejects(look(), one)
  assert.equal(lines.at(-1), `a.ts:2: Uncovered a GitHub Personal Access Token, in commit ${at} (gitleaks/github-pat)`)
  assert.ok(!lines.join('\n').includes(key))
})

test('what the trunk has already is for --all', async t => {
  const { git, commit, look } = await open(t)
  await commit({ 'a.ts': `const key = '${createKey()}'\n` })
  await git('branch', '--force', 'main')
  assert.match(await look(), /^none in the commits that main has not, 0 with changes$/)
  await assert.rejects(look(true), { message: /^1 found in every commit, / })
})

test('a value that says it is for tests is none', async t => {
  const { commit, look } = await open(t)
  await commit({ 'a.ts': `const API_TOKEN = 's3cr3t-${randomBytes(16).toString('hex')}'\n` })
  assert.match(await look(), /^none in /)
})

test('the marker beside a key allows nothing', async t => {
  const { commit, look } = await open(t)
  await commit({ 'a.ts': `const key = '${createKey()}' // s3cr3t-\n` })
  await assert.rejects(look(), one)
})

test('neither does a comment for gitleaks', async t => {
  const { commit, look } = await open(t)
  await commit({ 'a.ts': `const key = '${createKey()}' // gitleaks:allow\n` })
  await assert.rejects(look(), one)
})

for (const attributes of ['*.ts binary', '*.ts -diff', '*.ts diff=empty']) {
  test(`no attribute of git hides a key: ${attributes}`, async t => {
    const { git, commit, look } = await open(t)
    await git('config', 'diff.empty.textconv', 'true')
    await commit({ '.gitattributes': `${attributes}\n`, 'a.ts': `const key = '${createKey()}'\n` })
    await assert.rejects(look(), one)
  })
}

test('a key that came in with a merge, and is in neither of its parents, is found', async t => {
  const { root, git, commit, look } = await open(t)
  await commit({ 'b.ts': 'export {}\n' })
  await git('checkout', '--quiet', '-b', 'other', 'main')
  await commit({ 'c.ts': 'export {}\n' })
  await git('merge', '--no-commit', '--quiet', 'work')
  await writeFile(join(root, 'a.ts'), `const key = '${createKey()}'\n`)
  await git('add', '.')
  await git('commit', '--quiet', '--message', 'merge')
  await assert.rejects(look(), one)
})

test('a key that was withdrawn, and stays in the history, is excused by its fingerprint', async t => {
  const { git, commit, look } = await open(t)
  await commit({ 'a.ts': `const key = '${createKey()}'\n` })
  const head = await git('rev-parse', 'HEAD')
  await commit({ 'a.ts': 'export {}\n', '.gitleaksignore': `${head}:a.ts:github-pat:1\n` })
  assert.match(await look(), /^none in /)
})

test('a history that git cannot tell is an error, not an empty one', async t => {
  const { context } = await open(t)
  const base = '1'.repeat(40)
  await assert.rejects(findSecrets({ what: '', base }, context), { message: /^gitleaks ended with 0: .* fatal: / })
})
