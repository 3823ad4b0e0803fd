import * as v from 'valibot'
import { GithubError } from './refusal.ts'
import type { Client } from './request.ts'

const ADMIN = 'administration: read (which GITHUB_TOKEN never has)'

const Repository = v.object({
  default_branch: v.string(),
  visibility: v.optional(v.picklist(['public', 'private', 'internal'])),
  private: v.boolean(),
  delete_branch_on_merge: v.optional(v.boolean()), // told to those who may push only
  owner: v.object({ type: v.picklist(['User', 'Organization']) }),
})

const RulesetHead = v.object({ id: v.number(), name: v.string(), source_type: v.optional(v.string()) })

const Ruleset = v.object({
  name: v.string(),
  target: v.optional(v.string()),
  enforcement: v.string(),
  conditions: v.optional(
    v.nullable(
      v.object({ ref_name: v.optional(v.object({ include: v.array(v.string()), exclude: v.array(v.string()) })) }),
    ),
  ),
  rules: v.optional(
    v.array(v.object({ type: v.string(), parameters: v.optional(v.record(v.string(), v.unknown())) })),
    [],
  ),
  bypass_actors: v.optional(v.array(v.object({ actor_type: v.string() }))), // told to those who may write the ruleset only
})
export type Ruleset = v.InferOutput<typeof Ruleset>

const Environment = v.object({
  name: v.string(),
  protection_rules: v.optional(
    v.array(
      v.object({
        type: v.string(),
        prevent_self_review: v.optional(v.boolean()),
        reviewers: v.optional(v.array(v.unknown())),
      }),
    ),
    [],
  ),
  deployment_branch_policy: v.nullish(
    v.object({ protected_branches: v.boolean(), custom_branch_policies: v.boolean() }),
    null,
  ),
})

const BranchPolicy = v.object({ name: v.string(), type: v.optional(v.picklist(['branch', 'tag']), 'branch') })
type BranchPolicy = v.InferOutput<typeof BranchPolicy>

export type Environment = {
  name: string
  reviewers: number
  preventsSelfReview: boolean
  /** Which branches and tags may deploy; undefined: any. */
  policies: BranchPolicy[] | 'protected branches' | undefined
}

const Permissions = v.object({
  enabled: v.boolean(),
  allowed_actions: v.optional(v.string()),
  sha_pinning_required: v.optional(v.boolean()),
})
const SelectedActions = v.object({
  github_owned_allowed: v.boolean(),
  verified_allowed: v.boolean(),
  patterns_allowed: v.array(v.string()),
})
const Workflow = v.object({
  default_workflow_permissions: v.string(),
  can_approve_pull_request_reviews: v.boolean(),
})
const ForkApproval = v.object({ approval_policy: v.string() })

const Package = v.object({ visibility: v.string(), repository: v.nullish(v.object({ full_name: v.string() })) })

/** How a repository is set up, as far as its token may see. */
export type Settings = ReturnType<typeof createSettings>

export function createSettings(client: Client, repository: string) {
  const path = `/repos/${repository}`
  return {
    readRepository: () => client.get(path, 'metadata: read', Repository),

    /** With those that an organisation sets for all its repositories. */
    async listRulesets(): Promise<Ruleset[]> {
      const heads = await client.list(`${path}/rulesets?includes_parents=true`, 'metadata: read', RulesetHead)
      return Promise.all(
        heads.map(({ id }) => client.get(`${path}/rulesets/${id}?includes_parents=true`, 'metadata: read', Ruleset)),
      )
    },

    async listEnvironments(): Promise<Environment[]> {
      const found = await client.list(`${path}/environments`, 'actions: read', Environment, 'environments')
      return Promise.all(found.map(each => environmentOf(each, client, path)))
    },

    /** Undefined: it is not there, or not to be seen. `path` is what follows ghcr.io/<owner>/<repository>/. */
    async readPackage(owner: 'User' | 'Organization', path: string) {
      const [login = '', name = ''] = repository.toLowerCase().split('/')
      const list = `/${owner === 'User' ? 'users' : 'orgs'}/${login}/packages/container`
      const found = client.get(`${list}/${encodeURIComponent(`${name}/${path}`)}`, 'packages: read', Package)
      return found.catch(absent)
    },

    readActions: () => client.get(`${path}/actions/permissions`, ADMIN, Permissions),
    readSelectedActions: () => client.get(`${path}/actions/permissions/selected-actions`, ADMIN, SelectedActions),
    readWorkflow: () => client.get(`${path}/actions/permissions/workflow`, ADMIN, Workflow),
    readForkApproval: () => client.get(`${path}/actions/permissions/fork-pr-contributor-approval`, ADMIN, ForkApproval),

    /** Undefined: it is off, or the token may not see it; GitHub answers 404 to both. */
    readImmutableReleases: () => enabledAt(client, `${path}/immutable-releases`),
    readPrivateReporting: () => enabledAt(client, `${path}/private-vulnerability-reporting`),
  }
}

async function environmentOf(
  each: v.InferOutput<typeof Environment>,
  client: Client,
  path: string,
): Promise<Environment> {
  const review = each.protection_rules.find(rule => rule.type === 'required_reviewers')
  return {
    name: each.name,
    reviewers: review?.reviewers?.length ?? 0,
    preventsSelfReview: review?.prevent_self_review ?? false,
    policies: await policiesOf(each, client, path),
  }
}

async function policiesOf(
  { name, deployment_branch_policy: policy }: v.InferOutput<typeof Environment>,
  client: Client,
  path: string,
) {
  if (policy === null) return undefined
  if (policy.protected_branches) return 'protected branches' as const
  const list = `${path}/environments/${encodeURIComponent(name)}/deployment-branch-policies`
  return client.list(list, 'actions: read', BranchPolicy, 'branch_policies')
}

async function enabledAt(client: Client, path: string): Promise<boolean | undefined> {
  const found = await client.get(path, ADMIN, v.object({ enabled: v.boolean() })).catch(absent)
  return found?.enabled
}

function absent(error: unknown): undefined {
  if (!(error instanceof GithubError) || error.status !== 404) throw error
}
