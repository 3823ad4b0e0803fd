import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { addSummary, annotate, isFork, readGithub, setOutput } from './github.ts'
import { createContext } from './testing/context.ts'
import { createFolder } from './testing/folder.ts'

const actions = { GITHUB_ACTIONS: 'true' }

test('outside GitHub Actions there is nothing to read', () => assert.equal(readGithub({ GITHUB_REF: 'x' }), undefined))

test('a variable that GitHub has to set is asked for by name', () => {
  assert.throws(() => readGithub(actions), { message: 'GITHUB_REPOSITORY: GitHub Actions sets it, and it is not set' })
})

test('no value of an output can end itself and begin another', async () => {
  await using folder = await createFolder()
  const file = join(folder.path, 'output')
  await setOutput({ env: { GITHUB_OUTPUT: file } }, 'tags', 'a\nEOF\nallowed=true')
  const [first = '', ...rest] = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const [, delimiter] = /^tags<<(end-[0-9a-f-]{36})$/.exec(first) ?? []
  assert.deepEqual(rest, ['a', 'EOF', 'allowed=true', delimiter])
})

test('outputs and summaries go nowhere on a laptop', async () => {
  await setOutput({ env: {} }, 'a', 'b')
  await addSummary({ env: {} }, 'a')
})

test('an annotation is printed as compilers do on a laptop', () => {
  const context = createContext({ env: {} })
  annotate(context, { file: 'a.ts', line: 3 }, 'wrong')
  annotate(context, { file: 'a.ts' }, 'wrong')
  annotate(context, {}, 'wrong')
  assert.deepEqual(context.lines, ['a.ts:3: wrong', 'a.ts: wrong', 'wrong'])
})

test('in GitHub Actions it is one command, whatever the message holds', () => {
  const context = createContext({ env: actions })
  annotate(context, { file: 'a,b:c.ts', line: 3, title: '50%' }, 'one\n::error::two, 100%: three')
  annotate(context, { level: 'notice' }, 'plain')
  assert.deepEqual(context.lines, [
    '::error file=a%2Cb%3Ac.ts,line=3,title=50%25::one%0A::error::two, 100%25: three',
    '::notice::plain',
  ])
})

test('a pull request is of a fork when its head is in another repository, or in none any more', () => {
  const pull = (repo: { full_name: string } | null) => ({ pull_request: { number: 1, head: { sha: 'a', repo } } })
  assert.equal(isFork(pull({ full_name: 'acme/shop' }), 'acme/shop'), false)
  assert.equal(isFork(pull({ full_name: 'ann/shop' }), 'acme/shop'), true)
  assert.equal(isFork(pull(null), 'acme/shop'), true)
  assert.equal(isFork({}, 'acme/shop'), false)
})
