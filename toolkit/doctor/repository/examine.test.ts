import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admin, asDeclared, declared, examine } from '../../testing/examined-repository.ts'
import { newRepository, type RepositoryState } from '../../testing/github-server/state.ts'
import { parseDeclared } from './declared.ts'

test('a repository that is set up as declared passes', async t => {
  const { good, told } = await examine(t, asDeclared(declared), admin)
  assert.ok(good, told)
  assert.doesNotMatch(told, /^(FAILED|not run)/m)
  assert.match(told, /^passed {3}ruleset main$/m)
})

test('a new repository gets the list of what to set on day one, with the places', async t => {
  const { good, told, server } = await examine(t, newRepository('acme/shop', '/nonexistent/shop.git'), admin)
  assert.equal(good, false)
  const failed = told.split('\n').filter(line => line.startsWith('FAILED'))
  assert.deepEqual(
    failed.map(line => line.slice(9).split(':')[0]),
    [
      'ruleset main',
      'ruleset release tags',
      'environment preview',
      'environment trunk',
      'environment nonprod',
      'environment prod',
      'environment previews',
      'allowed actions',
      'workflows of forks',
      'branches of merged pull requests are deleted',
      'releases are immutable',
      'vulnerabilities can be reported in private',
    ],
  )
  assert.match(told, new RegExp(`Settings → Rules → Rulesets: ${server.url}/acme/shop/settings/rules`))
})

test('what the token may not see is not run, never passed', async t => {
  const { good, told } = await examine(t, asDeclared(declared), { actions: 'read' })
  assert.equal(good, false)
  for (const name of ['allowed actions', 'token of workflows', 'workflows of forks', 'releases are immutable'])
    assert.match(told, new RegExp(`^not run {2}${name}: .*GITHUB_TOKEN lacks administration: read.* Wanted: `, 'm'))
  assert.doesNotMatch(told, /^FAILED/m)
})

test('who may bypass a ruleset is told to administrators only, so without it the ruleset does not pass', async t => {
  const repository = asDeclared(declared)
  for (const each of repository.rulesets) delete each.bypass_actors
  const { told } = await examine(t, repository, admin)
  assert.match(told, /^not run {2}ruleset main: who may bypass it is told only to a token with administration: write/m)
})

test('without a token a private repository shows nothing, and the list is printed all the same', async t => {
  const { good, told } = await examine(t, { ...asDeclared(declared), private: true }, undefined)
  assert.equal(good, false)
  assert.match(told, /^nothing of it can be read: .*there is no token; set GITHUB_TOKEN to one with metadata: read$/m)
  const wanted =
    'wanted 1 required reviewers at least; deployments of main, release/*\n         Settings → Environments → prod: http'
  assert.ok(told.includes(`not run  environment prod: ${wanted}`), told)
  assert.match(told, /0 as declared, 0 to set, 14 that the token may not see\.$/)
})

test('what GitHub has for public repositories only is not asked of others', async t => {
  const { good, told } = await examine(t, { ...asDeclared(declared), private: true, privateReporting: false }, admin)
  assert.ok(good, told)
  assert.doesNotMatch(told, /workflows of forks|reported in private/)
})

const signing: [what: string, change: Partial<RepositoryState>, said: RegExp][] = [
  ['public', {}, /^Nothing will be signed, .*the public Sigstore does not know http:\/\/127/m], // the stand-in is an Enterprise Server
  ['private, of an organisation', { private: true }, /^Nothing will be signed, so nothing promoted: /m],
]
for (const [what, change, said] of signing)
  test(`how images are signed is told on day one: ${what}`, async t => {
    assert.match((await examine(t, { ...asDeclared(declared), ...change }, admin)).told, said)
  })

test('a package that another repository holds is found, and one that nobody pushed is not run', async t => {
  const held = await examine(t, asDeclared(declared), admin, packages => packages.set('acme/shop/service', 'acme/old'))
  assert.match(held.told, /^FAILED {3}packages: service belongs to acme\/old$/m)
  const absent = await examine(t, asDeclared(declared), admin, packages => packages.clear())
  assert.match(
    absent.told,
    /^not run {2}packages: service, charts\/service, flux-nonprod: not pushed yet, or not to be seen without packages: read; look again after the first push/m,
  )
})

test('a file of settings with a typing mistake is refused, with the place', () => {
  assert.throws(() => parseDeclared('{'), /\.github\/settings\.json is not JSON/)
  const wrong = { ...declared, actions: { ...declared.actions, default_workflow_permission: 'read' } }
  assert.throws(() => parseDeclared(JSON.stringify(wrong)), /settings\.json: actions\.default_workflow_permission: /)
})
