import assert from 'node:assert/strict'
import { test } from 'node:test'
import { branchOf, git } from '../testing/github-server/git.ts'
import { commit, openRemote, secret } from '../testing/promotion-remote.ts'
import type { ProdRequest } from './prod.ts'

test("somebody else's commit on the branch is not overwritten", async t => {
  const { promote, bare, folder } = await openRemote(t)
  await promote()
  await commit(folder, bare, 'promote/prod-bbbbbbbbbbbb', 'README.md', 'by hand\n')
  const before = await branchOf(bare, 'promote/prod-bbbbbbbbbbbb')
  await commit(folder, bare, 'main', 'NEWS.md', 'more\n')
  await assert.rejects(
    promote(),
    /has a commit of octo@acme\.example, which is not ours to overwrite: merge it into main, or delete it/,
  )
  assert.equal(await branchOf(bare, 'promote/prod-bbbbbbbbbbbb'), before)
})

test('a token that may not open pull requests leaves a branch, a link and the name of the setting', async t => {
  const { promote, repository, lines, bare, server } = await openRemote(t)
  repository.workflow.can_approve_pull_request_reviews = false
  const link = `${server.url}/acme/shop/compare/main...promote/prod-bbbbbbbbbbbb?expand=1`
  assert.equal(
    await promote(),
    `service bbbbbbbbbbbb for prod: the branch is pushed; open the pull request yourself: ${link}`,
  )
  assert.ok(await branchOf(bare, 'promote/prod-bbbbbbbbbbbb'))
  assert.match(
    lines.join('\n'),
    /Allow GitHub Actions to create and approve pull requests \(http.*\/acme\/shop\/settings\/actions\), or set PROMOTE_TOKEN/,
  )
})

test('a token without the permission for pull requests is told which', async t => {
  const { promote, lines } = await openRemote(t, { token: { permissions: { contents: 'write' } } })
  await promote()
  assert.match(lines.join('\n'), /GITHUB_TOKEN lacks pull-requests: write \(GitHub: pull_requests=write\)/)
})

const refusals: [
  what: string,
  setup: Parameters<typeof openRemote>[1],
  change: Partial<ProdRequest>,
  message: RegExp,
][] = [
  [
    'a token that may not push',
    { token: { permissions: { pull_requests: 'write' } } },
    {},
    /git push in acme\/shop failed: GITHUB_TOKEN may not write there; give it contents: write on acme\/shop/,
  ],
  [
    'a repository that the token cannot see',
    { private: true, token: { repositories: ['acme/other'] } },
    {},
    /does not exist, or GITHUB_TOKEN may not see it/,
  ],
  [
    'a file that is not there',
    {},
    { path: 'flux/prod/other.yaml' },
    /acme\/shop has no file flux\/prod\/other\.yaml; give --path/,
  ],
  ['a file outside the repository', {}, { path: '../x' }, /--path: expected a file of the repository/],
  ["git's own files", {}, { path: '.git/config' }, /--path: expected a file of the repository/],
  [
    'a key that is not there',
    {},
    { key: 'spec.values.digest' },
    /release\.yaml of acme\/shop: there is no spec\.values\.digest/,
  ],
]

for (const [what, setup, change, message] of refusals) {
  test(`refused, and nothing is pushed: ${what}`, async t => {
    const { promote, bare, repository } = await openRemote(t, setup)
    await assert.rejects(promote(change), message)
    assert.equal(await git(bare, 'branch', '--list'), '* main')
    assert.equal(repository.pulls.length, 0)
  })
}

test('a wrong token is refused before anything is read', async t => {
  const { promote, server } = await openRemote(t, { private: true })
  server.state.tokens.clear()
  const error = await promote().then(assert.fail, (each: Error) => each)
  assert.match(error.message, /git clone in acme\/shop failed: GITHUB_TOKEN is not valid there/)
  assert.ok(!error.message.includes(secret))
})
