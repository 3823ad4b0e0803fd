export type Level = 'read' | 'write'

/** Whom a token stands for, and what it may do: GitHub's names of permissions (pull_requests, contents, administration, …). */
export type Token = {
  login: string
  permissions: Record<string, Level>
  /** The GITHUB_TOKEN of a job: it may open pull requests only where a setting of the repository says so. */
  isOfActions?: boolean
  /** Those it can see at all; absent: every one. */
  repositories?: string[]
}

export type PullRecord = {
  number: number
  title: string
  body: string
  state: 'open' | 'closed'
  user: string
  head: { ref: string; sha: string; repository: string }
  base: string
  labels: string[]
  comments: string[]
  updatedAt: string
}

export type StatusRecord = { context: string; state: string; description?: string; target_url?: string }
type RunRecord = { id: number; workflow: string; branch: string; conclusion: string | null; number: number }

/** A repository as GitHub's settings pages and lists show it; tests read and change it at will. */
export type RepositoryState = {
  fullName: string
  /** The bare repository on this disk. */
  git: string
  defaultBranch: string
  private: boolean
  ownerType: 'User' | 'Organization'
  deleteBranchOnMerge: boolean
  pulls: PullRecord[]
  /** By commit, the newest first. */
  statuses: Map<string, StatusRecord[]>
  runs: RunRecord[]
  /** Conclusions of earlier tries, by `<run>/<attempt>`. */
  attempts: Map<string, string>
  rulesets: Record<string, unknown>[]
  environments: (Record<string, unknown> & { name: string; branch_policies?: object[] })[]
  actions: { enabled: boolean; allowed_actions: string; sha_pinning_required: boolean }
  selectedActions: { github_owned_allowed: boolean; verified_allowed: boolean; patterns_allowed: string[] }
  workflow: { default_workflow_permissions: string; can_approve_pull_request_reviews: boolean }
  forkApproval: { approval_policy: string }
  immutableReleases: boolean
  privateReporting: boolean
}

/** An answer given instead of the true one, once. */
type Fault = { status: number; headers?: Record<string, string>; body?: unknown }

export type GithubState = {
  tokens: Map<string, Token>
  repositories: Map<string, RepositoryState>
  /** Of ghcr.io, by owner/repository/path: which repository each belongs to. */
  packages: Map<string, string | null>
  /** Such as "POST /repos/acme/shop/pulls", in order. */
  requests: string[]
  faults: Fault[]
  /** How many a page of a list holds at most; GitHub's is 100. */
  pageSize: number
}

/** As GitHub makes them: everything is allowed, and nothing is protected. */
export const newRepository = (fullName: string, git: string): RepositoryState => ({
  fullName,
  git,
  defaultBranch: 'main',
  private: false,
  ownerType: 'Organization',
  deleteBranchOnMerge: false,
  pulls: [],
  statuses: new Map(),
  runs: [],
  attempts: new Map(),
  rulesets: [],
  environments: [],
  actions: { enabled: true, allowed_actions: 'all', sha_pinning_required: false },
  selectedActions: { github_owned_allowed: false, verified_allowed: false, patterns_allowed: [] },
  workflow: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false },
  forkApproval: { approval_policy: 'first_time_contributors' },
  immutableReleases: false,
  privateReporting: false,
})
