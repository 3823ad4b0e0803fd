import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { type Identities, readIdentities } from '../signing/identities.ts'
import { findStaleVerifiers, renderVerifiers, verifyOf } from './verifiers.ts'

const root = join(import.meta.dirname, '../..')
const identities = await readIdentities(root)
const none = new Map<string, string>()

/** Whom Flux would believe for an environment, as the matcher in what is committed has it. */
function accepts(environment: 'nonprod' | 'prod', subject: string, given: Identities = identities): boolean {
  const file = renderVerifiers(given, none).find(({ path }) => path === `flux/${environment}/verify/kustomization.yaml`)
  const { patches } = parse(file?.text ?? '') as { patches: { patch: string }[] }
  const [add] = parse(patches[0]?.patch ?? '') as { value: { matchOIDCIdentity: { subject: string }[] } }[]
  const matchers = add?.value.matchOIDCIdentity ?? []
  assert.equal(matchers.length, 1) // cosign refuses a bundle where there are two
  return new RegExp(matchers[0]?.subject ?? '').test(subject)
}

const at = (workflow: string, repository = identities.repository) =>
  `https://github.com/${repository}/.github/workflows/${workflow}`

const table: [who: string, subject: string, nonprod: boolean, prod: boolean][] = [
  ['trunk', at('ci.yml@refs/heads/main'), true, true],
  ['a release', at('release.yml@refs/tags/release/1.2.3'), false, true],
  ['a pull request', at('ci.yml@refs/pull/12/merge'), false, false],
  ['another branch', at('ci.yml@refs/heads/main2'), false, false],
  ['another workflow', at('other.yml@refs/heads/main'), false, false],
  ['the list of previews', at('preview.yml@refs/heads/main'), false, false],
  ['another repository', at('ci.yml@refs/heads/main', `${identities.repository}-evil`), false, false],
  ['somebody who quotes us', `https://evil.example/${at('ci.yml@refs/heads/main')}`, false, false],
]
for (const [who, subject, nonprod, prod] of table)
  test(`what ${who} signed is ${nonprod ? '' : 'not '}for nonprod and ${prod ? '' : 'not '}for prod`, () => {
    assert.equal(accepts('nonprod', subject), nonprod)
    assert.equal(accepts('prod', subject), prod)
  })

test('flux/ says what .github/identities.json says', async () => {
  const stale = (await findStaleVerifiers(root)).map(({ path }) => path)
  assert.deepEqual(stale, [], 'run ./fairlead manifests --write')
})

test('with keys, the Secret has those of the accepted identities and no others', () => {
  const keys = new Map(['pull-request', 'trunk', 'release', 'previews'].map(name => [name, `PEM of ${name}`]))
  const files = renderVerifiers(identities, keys)
  const secrets = files.filter(({ path }) => path.endsWith('/signers.yaml'))
  const values = secrets.map(({ text }) => parseAllDocuments(text)[0]?.toJS() as { stringData: object })
  assert.deepEqual(
    values.map(({ stringData }) => stringData),
    [
      Object.fromEntries(identities.environments.preview.map(name => [`${name}.pub`, `PEM of ${name}`])),
      { 'trunk.pub': 'PEM of trunk' },
      { 'trunk.pub': 'PEM of trunk', 'release.pub': 'PEM of release' },
    ],
  )
  assert.deepEqual(verifyOf(identities, 'prod', keys), { provider: 'cosign', secretRef: { name: 'signers' } })
})
