import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createContext } from '../testing/context.ts'
import { createFolder } from '../testing/folder.ts'
import { currentSource, readSource } from './source.ts'

/** A real checkout of one commit. */
async function createRepository() {
  const folder = await createFolder()
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder.path, encoding: 'utf8' }).trim()
  const commit = () => {
    git('add', '.')
    git('-c', 'user.name=Octo', '-c', 'user.email=octo@acme.example', 'commit', '--quiet', '--message=all')
    return git('rev-parse', 'HEAD')
  }
  git('init', '--quiet', '--initial-branch=main')
  await writeFile(join(folder.path, 'a'), 'a')
  const head = commit()
  return { path: folder.path, head, commit, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const actions = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/shop' }
const on = (event: string, ref: string, sha: string) => ({
  ...actions,
  ...{ GITHUB_EVENT_NAME: event, GITHUB_REF: ref, GITHUB_SHA: sha },
})

test('on a laptop the source is the commit of the checkout, dirty when it holds anything else', async () => {
  await using repository = await createRepository()
  const context = createContext({ root: repository.path })
  const source = { repository: 'local', commit: repository.head, ref: 'refs/heads/main', event: 'local' }
  assert.deepEqual(await readSource(context), { ...source, dirty: false })
  await writeFile(join(repository.path, 'new'), 'a file that no commit has')
  assert.deepEqual(await readSource(context), { ...source, dirty: true })
})

test('in GitHub Actions it is the event; a pull request has its number, and says whether it is of a fork', async () => {
  await using repository = await createRepository()
  const { path, head } = repository
  const payload = join(path, '.git/event.json')
  const pull = (full_name: string) => ({ pull_request: { number: 7, head: { sha: head, repo: { full_name } } } })
  for (const [from, fork] of [
    ['acme/shop', false],
    ['ann/shop', true],
  ] as const) {
    await writeFile(payload, JSON.stringify(pull(from)))
    // The sha of the event is the merge, and a workflow may have checked out the head.
    const env = {
      ...process.env,
      ...on('pull_request', 'refs/pull/7/merge', 'f'.repeat(40)),
      GITHUB_EVENT_PATH: payload,
    }
    const { event, ref, pullRequest, ...rest } = await readSource(createContext({ root: path, env }))
    assert.deepEqual([event, ref, pullRequest, rest.fork], ['pull_request', 'refs/pull/7/merge', 7, fork])
    assert.equal(rest.repository, 'acme/shop')
  }
})

test('a push whose commit is not the one that is checked out is refused', async () => {
  await using repository = await createRepository()
  const env = { ...process.env, ...on('push', 'refs/heads/main', 'f'.repeat(40)) }
  await assert.rejects(readSource(createContext({ root: repository.path, env })), {
    message: `the event is about ${'f'.repeat(40)}, and the checkout is at ${repository.head}; check out the commit of the event`,
  })
})

test('a record goes with one commit, and a release builds nothing', async () => {
  await using repository = await createRepository()
  const context = createContext({ root: repository.path })
  const record = { version: 1 as const, source: await readSource(context), tags: [], artifacts: {} }
  assert.deepEqual(await currentSource(record, context), record.source)
  const release = { ...record.source, event: 'push', ref: 'refs/tags/release/1.2.3' }
  await assert.rejects(
    currentSource({ ...record, source: release }, context),
    /builds nothing; \.\/fairlead gate --from-registry/,
  )
  await writeFile(join(repository.path, 'b'), 'b')
  repository.commit()
  await assert.rejects(currentSource(record, context), /begin again with \.\/fairlead image-tag$/)
})

test('outside a checkout a sentence says that a commit is needed', async () => {
  await using folder = await createFolder()
  await assert.rejects(
    readSource(createContext({ root: folder.path })),
    /not a git repository.*; a build record needs a commit$/s,
  )
})
