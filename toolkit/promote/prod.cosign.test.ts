import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promote } from '../promote.ts'
import { entry } from '../record/record.ts'
import { branchOf, git, readBlob } from '../testing/github-server/git.ts'
import { newRepository } from '../testing/github-server/state.ts'
import { openWorld, repository, token, type World } from '../testing/promotion-world.ts'
import { pushImage } from '../testing/signing-checkout.ts'

// The step as a workflow runs it, with a real registry, real signatures by key and real git; only GitHub is a stand-in.

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world[Symbol.asyncDispose]())

test('prod gets the same digest by a pull request that tells the record', async () => {
  const digest = await world.release('for prod')
  const more = { ...world.github.env, GITHUB_TOKEN: token }
  const { code, said } = await world.step(promote, ['--to', 'prod'], await world.as('trunk', more))
  assert.equal(code, 0, said)
  assert.ok(!said.includes(token))
  const branch = `promote/prod-${digest.slice(7, 19)}`
  const before = await readBlob(world.bare, 'main', 'flux/prod/release.yaml')
  assert.equal(await readBlob(world.bare, branch, 'flux/prod/release.yaml'), before.replace(/sha256:0{64}/, digest))
  assert.equal(await branchOf(world.bare, 'main'), world.head)
  const body = world.github.state.repositories.get(repository)?.pulls[0]?.body ?? ''
  assert.match(body, new RegExp(`\\| image \\| \`${world.nameOf('service')}@${digest}\` \\|`))
  assert.match(body, /\| scan \| trivy 1 with the database of today: 0 high and 0 critical findings \|/)
  assert.match(body, /\| attestations \| provenance, sbom \|/)
  assert.match(body, /\| verified as \| trunk \|/)
})

test('the releases may be in another repository, with a token of its own', async () => {
  const other = join(world.context.root, 'remotes/acme/releases.git')
  await git(world.context.root, 'clone', '--quiet', '--bare', world.bare, other)
  const state = newRepository('acme/releases', other)
  world.github.state.repositories.set('acme/releases', { ...state, private: true })
  const own = 's3cr3t-token-of-an-app'
  const permissions = { contents: 'write', pull_requests: 'write' } as const
  world.github.state.tokens.set(own, { login: 'promoter[bot]', permissions, repositories: ['acme/releases'] })
  const digest = await world.release('for elsewhere')
  const more = { ...world.github.env, GITHUB_TOKEN: token, PROMOTE_REPOSITORY: 'acme/releases' }
  const without = await world.step(promote, ['--to', 'prod'], await world.as('trunk', more))
  assert.match(
    without.said,
    /FAILED .*PROMOTE_TOKEN is not set, and GITHUB_TOKEN reaches no further than acme\/hello-world/,
  )
  const { code, said } = await world.step(
    promote,
    ['--to', 'prod'],
    await world.as('trunk', { ...more, PROMOTE_TOKEN: own }),
  )
  assert.equal(code, 0, said)
  assert.match(said, /pull request opened .*\/acme\/releases\/pull\/1$/m)
  assert.doesNotMatch(said, /starts no checks/)
  assert.ok(await branchOf(other, `promote/prod-${digest.slice(7, 19)}`))
})

test('a record that somebody wrote by hand does not help: the registry is asked again', async () => {
  await world.release('honest')
  const forged = await pushImage(world.context, world.nameOf('service'), 'forged')
  const about = entry(await world.as('trunk'), forged.digest)
  const verified = { ...about, as: 'trunk' } as const
  await world.change({
    ...forged,
    verified,
    gate: { ...about, tags: [] },
    signature: { ...about, mode: 'key', identity: 'x' },
  })
  const more = { ...world.github.env, GITHUB_TOKEN: token }
  for (const environment of ['nonprod', 'prod']) {
    const { code, said } = await world.step(promote, ['--to', environment], await world.as('trunk', more))
    assert.equal(code, 1)
    assert.match(said, /FAILED +promote .*, but it is not signed$/m)
  }
})

test('without a record prod asks the registry who signed', async () => {
  const digest = await world.release('by hand')
  await rm(join(world.context.root, 'out/record.json'))
  const more = { ...world.github.env, GITHUB_TOKEN: token }
  const good = await world.step(promote, ['--to', 'prod', '--digest', digest], await world.as('trunk', more))
  assert.equal(good.code, 0, good.said)
  const unsigned = await pushImage(world.context, world.nameOf('service'), 'unsigned')
  const bad = await world.step(promote, ['--to', 'prod', '--digest', unsigned.digest], await world.as('trunk', more))
  assert.equal(bad.code, 1)
  assert.match(bad.said, /FAILED +promote .*prod accepts trunk .* or release .*, but it is not signed/)
  assert.equal(await branchOf(world.bare, `promote/prod-${unsigned.digest.slice(7, 19)}`), undefined)
})
