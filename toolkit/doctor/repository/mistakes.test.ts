import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admin, asDeclared, declared, examine } from '../../testing/examined-repository.ts'
import type { RepositoryState } from '../../testing/github-server/state.ts'

type Change = (repository: RepositoryState) => void
const rule = ({ rulesets: [main] }: RepositoryState, type: string) => {
  const rules = (main?.rules ?? []) as { type: string; parameters: Record<string, unknown> }[] // as asDeclared made them
  const found = rules.find(each => each.type === type)
  assert.ok(found)
  return found.parameters
}
const environment = ({ environments }: RepositoryState, name: string) => {
  const found = environments.find(each => each.name === name)
  assert.ok(found)
  return found
}

const mistakes: [what: string, change: Change, said: RegExp][] = [
  [
    'a ruleset that only evaluates',
    each => void Object.assign(each.rulesets[0] ?? {}, { enforcement: 'evaluate' }),
    /^FAILED {3}ruleset main: no active ruleset covers ~DEFAULT_BRANCH: "main" is there and is evaluate$/m,
  ],
  [
    'a ruleset with an exception',
    each =>
      void Object.assign(each.rulesets[0] ?? {}, {
        conditions: { ref_name: { include: ['~ALL'], exclude: ['refs/heads/main'] } },
      }),
    /^FAILED {3}ruleset main: no active ruleset covers/m,
  ],
  [
    'a rule less',
    each => void Object.assign(each.rulesets[1] ?? {}, { rules: [{ type: 'update' }] }),
    /^FAILED {3}ruleset release tags: rule deletion is missing; rule non_fast_forward is missing$/m,
  ],
  [
    'somebody who may bypass',
    each => void Object.assign(each.rulesets[0] ?? {}, { bypass_actors: [{ actor_type: 'Team' }] }),
    /^FAILED {3}ruleset main: somebody may bypass "main"$/m,
  ],
  [
    'no approval',
    each => void Object.assign(rule(each, 'pull_request'), { required_approving_review_count: 0 }),
    /rule pull_request lacks required_approving_review_count 1$/m,
  ],
  [
    'another check',
    each => void Object.assign(rule(each, 'required_status_checks'), { required_status_checks: [{ context: 'lint' }] }),
    /rule required_status_checks lacks required_status_checks required$/m,
  ],
  [
    'nobody to approve prod',
    each => void Object.assign(environment(each, 'prod'), { protection_rules: [] }),
    /^FAILED {3}environment prod: 0 required reviewers, wanted 1 at least; who starts a deployment may approve it$/m,
  ],
  [
    'any branch into nonprod',
    each => void Object.assign(environment(each, 'nonprod'), { deployment_branch_policy: null }),
    /^FAILED {3}environment nonprod: any branch and tag may deploy$/m,
  ],
  [
    'a feature branch into prod',
    each => void environment(each, 'prod').branch_policies?.push({ name: 'feature/*' }),
    /^FAILED {3}environment prod: what may deploy among branches is feature\/\*, main, wanted main$/m,
  ],
  [
    'a token that may write',
    each => void Object.assign(each.workflow, { default_workflow_permissions: 'write' }),
    /^FAILED {3}token of workflows: the default is write, wanted read$/m,
  ],
  [
    'any action',
    each => void Object.assign(each.actions, { allowed_actions: 'all' }),
    /^FAILED {3}allowed actions: allowed_actions is all, wanted selected$/m,
  ],
  [
    'actions of anybody',
    each => void each.selectedActions.patterns_allowed.push('*'),
    /^FAILED {3}allowed actions: patterns is \*, aws-actions/m,
  ],
  [
    'releases that can change',
    each => void Object.assign(each, { immutableReleases: false }),
    /^FAILED {3}releases are immutable: it is off, wanted on$/m,
  ],
]

for (const [what, change, said] of mistakes) {
  test(`found and named: ${what}`, async t => {
    const repository = structuredClone(asDeclared(declared))
    change(repository)
    const { good, told } = await examine(t, repository, admin)
    assert.equal(good, false)
    assert.match(told, said)
    assert.equal(told.match(/^FAILED/gm)?.length, 1, told)
  })
}

test('stricter than declared is as good', async t => {
  const repository = structuredClone(asDeclared(declared))
  Object.assign(rule(repository, 'pull_request'), { required_approving_review_count: 2 })
  Object.assign(rule(repository, 'required_status_checks'), {
    required_status_checks: [{ context: 'more' }, { context: 'required', integration_id: 15368 }],
  })
  Object.assign(repository.rulesets[0] ?? {}, {
    name: 'of the organisation',
    conditions: { ref_name: { include: ['~ALL'], exclude: [] } },
  })
  const { good, told } = await examine(t, repository, admin)
  assert.ok(good, told)
})
