import { type Call, Refused, type Route, type Routes } from './route.ts'
import type { RepositoryState } from './state.ts'

const shown = (repository: RepositoryState) => ({
  full_name: repository.fullName,
  default_branch: repository.defaultBranch,
  private: repository.private,
  visibility: repository.private ? 'private' : 'public',
  delete_branch_on_merge: repository.deleteBranchOnMerge,
  owner: { type: repository.ownerType, login: repository.fullName.split('/')[0] },
})

function readRuleset({ repository, parts }: Call) {
  const found = repository.rulesets.find(each => each.id === Number(parts[0]))
  if (found === undefined) throw new Refused(404, { message: 'Not Found' })
  return found
}

const listPolicies = ({ repository, parts: [name = ''] }: Call) =>
  repository.environments.find(each => each.name === decodeURIComponent(name))?.branch_policies ?? []

function switchOf(enabled: boolean) {
  if (!enabled) throw new Refused(404, { message: 'Not Found' })
  return { enabled, enforced_by_owner: false }
}

const admin = (answer: Route['answer']): Route => ({ needs: ['administration', 'read'], answer })

export const settingRoutes: Routes = [
  ['GET', /^$/, { needs: ['metadata', 'read'], answer: ({ repository }) => shown(repository) }],
  ['GET', /^\/rulesets$/, { needs: ['metadata', 'read'], answer: ({ repository }) => repository.rulesets }],
  ['GET', /^\/rulesets\/(\d+)$/, { needs: ['metadata', 'read'], answer: readRuleset }],
  [
    'GET',
    /^\/environments$/,
    { needs: ['actions', 'read'], key: 'environments', answer: ({ repository }) => repository.environments },
  ],
  [
    'GET',
    /^\/environments\/([^/]+)\/deployment-branch-policies$/,
    { needs: ['actions', 'read'], key: 'branch_policies', answer: listPolicies },
  ],
  ['GET', /^\/actions\/permissions$/, admin(({ repository }) => repository.actions)],
  ['GET', /^\/actions\/permissions\/selected-actions$/, admin(({ repository }) => repository.selectedActions)],
  ['GET', /^\/actions\/permissions\/workflow$/, admin(({ repository }) => repository.workflow)],
  ['GET', /^\/actions\/permissions\/fork-pr-contributor-approval$/, admin(({ repository }) => repository.forkApproval)],
  ['GET', /^\/immutable-releases$/, admin(({ repository }) => switchOf(repository.immutableReleases))],
  [
    'GET',
    /^\/private-vulnerability-reporting$/,
    { needs: ['metadata', 'read'], answer: ({ repository }) => ({ enabled: repository.privateReporting }) },
  ],
]
