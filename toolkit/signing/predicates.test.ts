import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type IdentityName, readIdentities } from './identities.ts'
import { provenanceMistake, sbomMistake } from './predicates.ts'
import { createProvenance, readBuilder } from './provenance.ts'

const identities = await readIdentities(join(import.meta.dirname, '../..'))
const { server, repository } = identities
const commit = '0123456789abcdef0123456789abcdef01234567'
const digest = `sha256:${'0a'.repeat(32)}`
const env = {
  ...{ GITHUB_ACTIONS: 'true', GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: '42' },
  ...{ GITHUB_WORKFLOW_REF: `${repository}/.github/workflows/ci.yml@refs/heads/main`, GITHUB_RUN_ATTEMPT: '2' },
  RUNNER_ENVIRONMENT: 'github-hosted',
}
const source = { repository, commit, ref: 'refs/heads/main', event: 'push', dirty: false }
const baseImages = [{ name: 'docker.io/node', digest }, { name: 'local/runtime' }]
const at = '2026-11-21T07:00:00.000Z'
const make = (changed: Partial<Parameters<typeof createProvenance>[0]> = {}) =>
  createProvenance({ server, repository, source, builder: readBuilder(env), baseImages, at, ...changed })

test('provenance of a workflow says who, where, from what and on what', () => {
  const path = '.github/workflows/ci.yml'
  assert.deepEqual(make(), {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: { workflow: { path, ref: 'refs/heads/main', repository: `${server}/${repository}` } },
      internalParameters: { github: { event_name: 'push', runner_environment: 'github-hosted' } },
      resolvedDependencies: [
        { uri: `git+${server}/${repository}@refs/heads/main`, digest: { gitCommit: commit } },
        { uri: 'docker://docker.io/node', digest: { sha256: '0a'.repeat(32) } },
        { uri: 'docker://local/runtime' },
      ],
    },
    runDetails: {
      builder: { id: `${server}/${repository}/${path}@refs/heads/main` },
      metadata: { invocationId: `${server}/${repository}/actions/runs/42/attempts/2`, finishedOn: at },
    },
  })
})

const expected = (as: IdentityName, more: { commit?: string } = {}) => ({ identities, as, ...more })

test('what the workflow of an identity made holds for it, and for no other', () => {
  assert.equal(provenanceMistake(make(), expected('trunk')), undefined)
  assert.equal(provenanceMistake(make(), expected('trunk', { commit })), undefined)
  assert.match(
    provenanceMistake(make(), expected('release')) ?? '',
    /^it was built by \S+ci\.yml@refs\/heads\/main, not by release/,
  )
})

const mistakes: [what: string, predicate: unknown, mistake: RegExp][] = [
  ['nothing', undefined, /not of SLSA v1/],
  ['another form', { builder: { id: 'x' } }, /not of SLSA v1/],
  ['a laptop', make({ builder: readBuilder({}) }), /built by urn:fairlead:laptop, not by trunk/],
  [
    'another event',
    make({ source: { ...source, event: 'pull_request_target' } }),
    /on the event pull_request_target, not push/,
  ],
  ['another commit', make({ source: { ...source, commit: 'f'.repeat(40) } }), /from commit f{40}, not 0123/],
  [
    'another repository',
    make({ repository: 'mallory/hello-world' }),
    /its source is git\+\S+mallory\/hello-world@\S+, not git\+/,
  ],
  ['a repository with ours in front', make({ repository: `${repository}-2` }), /its source is/],
]
for (const [what, predicate, mistake] of mistakes) {
  test(`provenance of ${what} does not hold`, () => {
    assert.match(provenanceMistake(predicate, expected('trunk', { commit })) ?? '', mistake)
  })
}

test('without a source provenance does not hold', () => {
  const { buildDefinition, ...rest } = make()
  const predicate = { ...rest, buildDefinition: { ...buildDefinition, resolvedDependencies: [] } }
  assert.match(provenanceMistake(predicate, expected('trunk')) ?? '', /^its source is not named/)
})

test('a workflow without its ref is refused', () => {
  assert.throws(() => readBuilder({ GITHUB_ACTIONS: 'true' }), /GITHUB_WORKFLOW_REF: expected/)
})

test('an SBOM lists something', () => {
  assert.equal(sbomMistake({ bomFormat: 'CycloneDX', components: [{}] }), undefined)
  for (const none of [
    { bomFormat: 'CycloneDX', components: [] },
    { bomFormat: 'CycloneDX' },
    { components: [{}] },
    undefined,
  ])
    assert.equal(sbomMistake(none), 'it is no CycloneDX list with components')
})
