import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  acceptedIdentity,
  certificateIdentity,
  environmentAccepts,
  environmentNames,
  identitiesFile,
  identityNames,
  identityOf,
  issuerPattern,
  parseIdentities,
} from './identities.ts'

const root = join(import.meta.dirname, '../..')
const text = await readFile(join(root, identitiesFile), 'utf8')
const ours = parseIdentities(text)
const { server, repository } = ours
const of = (workflow: string, ref: string, who = repository) => `${server}/${who}/.github/workflows/${workflow}@${ref}`
const matches = (pattern: string, subject: string) => new RegExp(pattern).test(subject)

const known: [name: (typeof identityNames)[number], subject: string][] = [
  ['pull-request', of('ci.yml', 'refs/pull/7/merge')],
  ['trunk', of('ci.yml', 'refs/heads/main')],
  ['release', of('release.yml', 'refs/tags/release/1.2.3')],
  ['release', of('release.yml', 'refs/tags/release/1.2.3-rc.1')],
  ['previews', of('preview.yml', 'refs/heads/main')],
]
for (const [name, subject] of known) {
  test(`${subject} is ${name} and nobody else`, () => {
    assert.deepEqual(
      identityNames.filter(each => matches(certificateIdentity(ours, each), subject)),
      [name],
    )
    assert.equal(identityOf(ours, subject), name)
    for (const environment of environmentNames)
      assert.equal(matches(acceptedIdentity(ours, environment), subject), environmentAccepts(ours, environment, name))
  })
}

const strangers: [what: string, subject: string][] = [
  ['another branch', of('ci.yml', 'refs/heads/feature')],
  ['a branch that begins as main', of('ci.yml', 'refs/heads/main-2')],
  ['a branch below main', of('ci.yml', 'refs/heads/main/2')],
  ['a branch that ends as main', of('ci.yml', 'refs/heads/x/refs/heads/main')],
  ['a tag called main', of('ci.yml', 'refs/tags/main')],
  ['another workflow', of('evil.yml', 'refs/heads/main')],
  ['a workflow with another letter for the dot', of('ciXyml', 'refs/heads/main')],
  ['release on main', of('release.yml', 'refs/heads/main')],
  ['ci on a release tag', of('ci.yml', 'refs/tags/release/1.2.3')],
  ['a tag below a release', of('release.yml', 'refs/tags/release/1/2')],
  ['a release without a name', of('release.yml', 'refs/tags/release/')],
  ['the head of a pull request', of('ci.yml', 'refs/pull/7/head')],
  ['a fork', of('ci.yml', 'refs/heads/main', 'mallory/hello-world')],
  ['an owner with our name in front', of('ci.yml', 'refs/heads/main', `${repository}-2`)],
  ['another server', of('ci.yml', 'refs/heads/main').replace('github.com', 'githubXcom')],
  ['another scheme', of('ci.yml', 'refs/heads/main').replace('https', 'http')],
  ['something in front', `x${of('ci.yml', 'refs/heads/main')}`],
  ['something behind', `${of('ci.yml', 'refs/heads/main')}\n`],
  ['a second ref behind', `${of('release.yml', 'refs/tags/release/1')}@refs/heads/main`],
  ['nothing', ''],
]
for (const [what, subject] of strangers) {
  test(`nobody is ${what}`, () => {
    assert.equal(identityOf(ours, subject), undefined)
    for (const environment of environmentNames) assert.ok(!matches(acceptedIdentity(ours, environment), subject))
  })
}

test('each pattern is anchored, and Go reads it as we do', () => {
  const names = identityNames.map(name => certificateIdentity(ours, name))
  const environments = environmentNames.map(name => acceptedIdentity(ours, name))
  for (const pattern of [...names, ...environments, issuerPattern(ours)]) {
    assert.match(pattern, /^\^.*\$$/)
    assert.doesNotMatch(pattern, /\(\?[!<=]|\\[1-9]/, 'RE2 has neither look-around nor back references')
    assert.doesNotMatch(pattern.replace(/\[[^\]]*\]/g, ''), /(?<!\\)\./, 'a dot that stands for any letter')
  }
  assert.ok(matches(issuerPattern(ours), ours.issuer))
  assert.ok(!matches(issuerPattern(ours), `${ours.issuer}.example.com`))
})

test('an alternation does not loosen the anchors', () => {
  assert.match(acceptedIdentity(ours, 'prod'), /^\^\(\?:.*\|.*\)\$$/)
})

test('pull requests reach previews only', () => {
  const accepting = environmentNames.filter(environment => environmentAccepts(ours, environment, 'pull-request'))
  assert.deepEqual(accepting, ['preview'])
})

const edit = (change: (file: typeof ours) => void): string => {
  const copy = structuredClone(ours)
  change(copy)
  return JSON.stringify(copy)
}
const wrong: [what: string, text: string, message: RegExp][] = [
  [
    'a pull request in nonprod',
    edit(file => file.environments.nonprod.push('pull-request')),
    /environments\.nonprod must not accept pull-request/,
  ],
  [
    'the list of previews in prod',
    edit(file => file.environments.prod.push('previews')),
    /environments\.prod must not accept previews/,
  ],
  [
    'nobody in prod',
    edit(file => file.environments.prod.splice(0)),
    /environments\.prod: expected one identity at least/,
  ],
  [
    'every ref',
    edit(file => Object.assign(file.identities.trunk, { ref: '*' })),
    /identities\.trunk\.ref: expected refs\//,
  ],
  [
    'every branch',
    edit(file => Object.assign(file.identities.trunk, { ref: 'refs/heads/*' })),
    /identities\.trunk\.ref: expected refs\//,
  ],
  [
    'a pattern for a workflow',
    edit(file => Object.assign(file.identities.trunk, { workflow: '.*' })),
    /identities\.trunk\.workflow/,
  ],
  [
    'a repository that is a pattern',
    edit(file => Object.assign(file, { repository: 'acme/.*' })),
    /repository: expected/,
  ],
  [
    'an issuer without TLS',
    edit(file => Object.assign(file, { issuer: 'http://issuer.example.com' })),
    /issuer: expected https/,
  ],
  ['a key that nobody knows', edit(file => Object.assign(file, { branch: 'main' })), /branch/],
  ['no JSON', '{', /is no JSON/],
]
for (const [what, file, message] of wrong) {
  test(`${what} is refused`, () => assert.throws(() => parseIdentities(file), { message }))
}
