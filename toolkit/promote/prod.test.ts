import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { branchOf, git, readBlob } from '../testing/github-server/git.ts'
import { commit, newer, next, old, openRemote, path, release, secret } from '../testing/promotion-remote.ts'

test('a promotion is a branch with one changed digest and a pull request that says why', async t => {
  const { repository, bare, promote, lines, output, server } = await openRemote(t)
  const main = await branchOf(bare, 'main')
  const detail = await promote()
  assert.equal(detail, `service bbbbbbbbbbbb for prod: pull request opened ${server.url}/acme/shop/pull/1`)
  const branch = 'promote/prod-bbbbbbbbbbbb'
  assert.equal(await git(bare, 'diff', '--numstat', 'main', branch), `1\t1\t${path}`)
  assert.equal(await readBlob(bare, branch, path), release.replace(old, next))
  assert.equal(await branchOf(bare, 'main'), main)
  assert.equal(
    await git(bare, 'log', '-1', '--format=%an %ae', branch),
    'github-actions[bot] 41898282+github-actions[bot]@users.noreply.github.com',
  )

  const [pull] = repository.pulls
  assert.equal(pull?.title, 'Promote service to prod: bbbbbbbbbbbb')
  assert.match(pull?.body ?? '', /Moves \*\*prod\*\* from nothing yet to `sha256:b{64}`/)
  assert.match(pull?.body ?? '', /\| verified \| `signed by trunk` \|/)
  assert.match(lines.join('\n'), /a pull request that GITHUB_TOKEN opened starts no checks/)
  assert.match(await readFile(output, 'utf8'), /pull-request<<(\S+)\n1\n\1/)
})

test('the token is shown nowhere: not to git, not in a file, not in a message', async t => {
  const { promote, lines, server, folder } = await openRemote(t)
  const trace = join(folder, 'trace')
  const detail = await promote(
    {},
    { GIT_TRACE: trace, GIT_TRACE_CURL: trace, GIT_TRACE_REDACT: '0', GIT_CONFIG_PARAMETERS: "'a.b'='c'" },
  )
  assert.equal(await readFile(trace, 'utf8').catch(() => 'no trace'), 'no trace')
  const basic = Buffer.from(`x-access-token:${secret}`).toString('base64')
  for (const text of [detail, ...lines, ...server.state.requests])
    assert.ok(!text.includes(secret) && !text.includes(basic))
})

test('a second run changes nothing', async t => {
  const { bare, promote, repository } = await openRemote(t)
  await promote()
  const before = await branchOf(bare, 'promote/prod-bbbbbbbbbbbb')
  assert.match(await promote(), /pull request open already: .*\/pull\/1$/)
  assert.equal(await branchOf(bare, 'promote/prod-bbbbbbbbbbbb'), before)
  assert.equal(repository.pulls.length, 1)
})

test('a digest that prod has already is no promotion', async t => {
  const { promote, repository, bare } = await openRemote(t)
  assert.match(
    await promote({ digest: old }),
    /^nothing to change: flux\/prod\/release\.yaml of acme\/shop names sha256:0{64} already$/,
  )
  assert.equal(await git(bare, 'branch', '--list'), '* main')
  assert.equal(repository.pulls.length, 0)
})

test('a newer promotion closes the older one and says so there', async t => {
  const { promote, repository, bare } = await openRemote(t)
  await promote()
  assert.match(await promote({ digest: newer }), /pull\/2, instead of #1$/)
  const [first, second] = repository.pulls
  assert.deepEqual([first?.state, second?.state], ['closed', 'open'])
  assert.deepEqual(first?.comments, ['Superseded by #2.'])
  assert.equal(await branchOf(bare, 'promote/prod-bbbbbbbbbbbb'), undefined)
})

test('when main moved on, our branch is made anew on top of it', async t => {
  const { promote, bare, folder, repository } = await openRemote(t)
  await promote()
  await commit(folder, bare, 'main', 'README.md', 'more\n')
  assert.match(await promote({ evidence: { kind: 'verified', detail: 'signed again' } }), /pull request updated/)
  assert.equal(await git(bare, 'rev-parse', 'promote/prod-bbbbbbbbbbbb^'), await branchOf(bare, 'main'))
  assert.match(repository.pulls[0]?.body ?? '', /signed again/)
})

test('somebody else may be the author', async t => {
  const { promote, bare } = await openRemote(t)
  await promote({}, { PROMOTE_AUTHOR: 'Release Bot <release@acme.example>' })
  assert.equal(
    await git(bare, 'log', '-1', '--format=%an %ce', 'promote/prod-bbbbbbbbbbbb'),
    'Release Bot release@acme.example',
  )
  await assert.rejects(promote({}, { PROMOTE_AUTHOR: 'nobody' }), /PROMOTE_AUTHOR: expected "Name <address>"/)
})
