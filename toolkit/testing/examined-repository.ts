import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type DeclaredSettings, parseDeclared } from '../doctor/repository/declared.ts'
import { examineRepository } from '../doctor/repository/examine.ts'
import { createContext } from './context.ts'
import { newRepository, type RepositoryState } from './github-server/state.ts'
import { startGithubServer } from './github-server.ts'

const root = join(import.meta.dirname, '../..')
const secret = 's3cr3t-doctor-0001'
/** What .github/settings.json of this checkout says. */
export const declared = parseDeclared(await readFile(join(root, '.github/settings.json'), 'utf8'))

/** A repository that somebody set up just as the file says. */
export function asDeclared({ rulesets, environments, actions }: DeclaredSettings): RepositoryState {
  const {
    allowed_actions,
    sha_pinning_required,
    default_workflow_permissions,
    can_approve_pull_request_reviews,
    fork_approval,
    ...selected
  } = actions
  return {
    ...newRepository('acme/shop', '/nonexistent/shop.git'),
    deleteBranchOnMerge: true,
    rulesets: rulesets.map(({ name, target, include, rules }, index) => ({
      id: index + 1,
      name,
      target,
      enforcement: 'active',
      conditions: { ref_name: { include, exclude: [] } },
      rules,
      bypass_actors: [],
    })),
    environments: Object.entries(environments).map(([name, { reviewers, prevent_self_review, branches, tags }]) => ({
      name,
      protection_rules:
        reviewers === 0
          ? []
          : [{ type: 'required_reviewers', prevent_self_review, reviewers: Array(reviewers).fill({ type: 'User' }) }],
      deployment_branch_policy: branches ? { protected_branches: false, custom_branch_policies: true } : null,
      branch_policies: [
        ...(branches ?? []).map(name => ({ name })),
        ...(tags ?? []).map(name => ({ name, type: 'tag' })),
      ],
    })),
    actions: { enabled: true, allowed_actions, sha_pinning_required },
    selectedActions: selected,
    workflow: { default_workflow_permissions, can_approve_pull_request_reviews },
    forkApproval: { approval_policy: fork_approval },
    immutableReleases: true,
    privateReporting: true,
  }
}

/** What `./fairlead doctor --repo` prints about it, to a token with these permissions. */
export async function examine(
  t: TestContext,
  repository: RepositoryState,
  permissions: Record<string, 'read' | 'write'> | undefined,
  change: (packages: Map<string, string | null>) => unknown = () => {},
) {
  const server = await startGithubServer([repository])
  t.after(() => server[Symbol.asyncDispose]())
  for (const path of declared.packages) server.state.packages.set(`acme/shop/${path}`, 'acme/shop')
  change(server.state.packages)
  if (permissions) server.state.tokens.set(secret, { login: 'octo', permissions })
  const env = { ...server.env, GITHUB_REPOSITORY: 'acme/shop', ...(permissions && { GITHUB_TOKEN: secret }) }
  const context = createContext({ root, env })
  const good = await examineRepository(context)
  const told = context.lines.join('\n')
  assert.ok(!told.includes(secret))
  return { good, told, count: told.split('\n').at(-1), server }
}

export const admin = { administration: 'read', actions: 'read', packages: 'read' } as const
