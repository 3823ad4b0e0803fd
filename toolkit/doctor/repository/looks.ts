import type { GithubApi } from '../../github-api.ts'
import type { DeclaredSettings } from './declared.ts'
import { compareEnvironment } from './environments.ts'
import { differs, type Finding, finding } from './finding.ts'
import { comparePackages } from './packages.ts'
import { compareRuleset } from './rulesets.ts'

/** One thing to set on day one: where, what, and how to see whether it is. */
export type Look = {
  name: string
  /** The way through GitHub's pages, and the address of the last of them. */
  place: string
  link: string
  wanted: string
  look(api: GithubApi): Promise<Finding>
}

export type Facts = {
  /** The address of the repository's settings. */
  settings: string
  defaultBranch: string
  visibility: 'public' | 'private' | 'internal'
  owner: 'User' | 'Organization'
  /** Packages go to ghcr.io. */
  isGhcr: boolean
}

export function looksFor(declared: DeclaredSettings, facts: Facts): Look[] {
  return [
    ...rulesetLooks(declared, facts),
    ...environmentLooks(declared, facts),
    ...actionLooks(declared, facts),
    ...(facts.isGhcr ? [packageLook(declared, facts)] : []),
    ...switchLooks(declared, facts),
  ]
}

const packageLook = ({ packages }: DeclaredSettings, { settings, owner }: Facts): Look => ({
  name: 'packages',
  place: 'Packages → each → Package settings → Manage Actions access',
  link: settings.replace(/settings$/, 'packages'),
  wanted: `${packages.join(', ')} belong to this repository, so that its workflows may push them`,
  look: api => comparePackages(packages, owner, api),
})

const rulesetLooks = ({ rulesets }: DeclaredSettings, { settings, defaultBranch }: Facts): Look[] =>
  rulesets.map(each => ({
    name: `ruleset ${each.name}`,
    place: 'Settings → Rules → Rulesets',
    link: `${settings}/rules`,
    wanted: `active, for ${each.include.join(', ')}: ${each.rules.map(rule => rule.type).join(', ')}`,
    look: async api => compareRuleset(each, await api.listRulesets(), defaultBranch),
  }))

const environmentLooks = ({ environments }: DeclaredSettings, { settings, visibility }: Facts): Look[] =>
  Object.entries(environments).map(([name, each]) => ({
    name: `environment ${name}`,
    place: `Settings → Environments → ${name}`,
    link: `${settings}/environments`,
    wanted: `${each.reviewers === 0 ? '' : `${each.reviewers} required reviewers at least; `}deployments of ${refsOf(each)}`,
    look: async api => compareEnvironment(name, each, await api.listEnvironments(), visibility !== 'public'),
  }))

const refsOf = ({ branches, tags }: { branches?: string[] | undefined; tags?: string[] | undefined }) =>
  branches === undefined && tags === undefined ? 'anything' : [...(branches ?? []), ...(tags ?? [])].join(', ')

function actionLooks({ actions }: DeclaredSettings, { settings, visibility }: Facts): Look[] {
  const [place, link] = ['Settings → Actions → General', `${settings}/actions`]
  const forkLook: Look = {
    name: 'workflows of forks',
    place: `${place} → Approval for running fork pull request workflows`,
    link,
    wanted: actions.fork_approval,
    look: async api =>
      finding([differs('the policy', actions.fork_approval, (await api.readForkApproval()).approval_policy)]),
  }
  return [
    {
      name: 'allowed actions',
      place,
      link,
      wanted: `${actions.allowed_actions}: GitHub's own ${actions.github_owned_allowed}, of verified creators ${actions.verified_allowed}, ${actions.patterns_allowed.join(', ') || 'no others'}; commits required ${actions.sha_pinning_required}`,
      async look(api) {
        const found = await api.readActions()
        const few = found.allowed_actions === 'selected' && actions.allowed_actions === 'selected'
        const selected = few ? await api.readSelectedActions() : undefined
        return finding([
          found.enabled ? undefined : 'Actions are switched off',
          differs('allowed_actions', actions.allowed_actions, found.allowed_actions),
          differs('sha_pinning_required', actions.sha_pinning_required, found.sha_pinning_required ?? false),
          selected && differs("actions of GitHub's own", actions.github_owned_allowed, selected.github_owned_allowed),
          selected && differs('actions of verified creators', actions.verified_allowed, selected.verified_allowed),
          selected && differs('patterns', actions.patterns_allowed.toSorted(), selected.patterns_allowed.toSorted()),
        ])
      },
    },
    {
      name: 'token of workflows',
      place: `${place} → Workflow permissions`,
      link,
      wanted: `${actions.default_workflow_permissions}; may open and approve pull requests: ${actions.can_approve_pull_request_reviews}`,
      async look(api) {
        const found = await api.readWorkflow()
        return finding([
          differs('the default', actions.default_workflow_permissions, found.default_workflow_permissions),
          differs(
            'may open and approve pull requests',
            actions.can_approve_pull_request_reviews,
            found.can_approve_pull_request_reviews,
          ),
        ])
      },
    },
    // Nobody can fork what is not public without being let in.
    ...(visibility === 'public' ? [forkLook] : []),
  ]
}

function switchLooks(declared: DeclaredSettings, { settings, visibility }: Facts): Look[] {
  const one = (
    name: string,
    place: string,
    link: string,
    wanted: boolean,
    read: (api: GithubApi) => Promise<boolean | undefined>,
  ) => ({
    name,
    place,
    link,
    wanted: wanted ? 'on' : 'off',
    look: async (api: GithubApi) => {
      const found = await read(api)
      if (found === undefined) return unclear(api, wanted)
      return finding([differs('it', wanted ? 'on' : 'off', found ? 'on' : 'off')])
    },
  })
  const reports = one(
    'vulnerabilities can be reported in private',
    'Settings → Advanced Security',
    `${settings}/security_analysis`,
    declared.private_vulnerability_reporting,
    api => api.readPrivateReporting(),
  )
  return [
    one(
      'branches of merged pull requests are deleted',
      'Settings → General → Pull Requests',
      settings,
      declared.delete_branch_on_merge,
      async api => (await api.readRepository()).delete_branch_on_merge,
    ),
    one('releases are immutable', 'Settings → General → Releases', settings, declared.immutable_releases, api =>
      api.readImmutableReleases(),
    ),
    ...(visibility === 'public' ? [reports] : []), // GitHub has them for public repositories only
  ]
}

/** GitHub says "not found" to a switch that is off, and to a token that may not see it: another question of the same right tells. */
async function unclear(api: GithubApi, wanted: boolean): Promise<Finding> {
  await api.readWorkflow()
  return finding([differs('it', wanted ? 'on' : 'off', 'off')])
}
