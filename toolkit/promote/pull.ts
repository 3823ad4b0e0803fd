import type { Pull, PullText } from '../github-api/pulls.ts'
import { GithubError } from '../github-api/refusal.ts'
import type { GithubApi } from '../github-api.ts'

export type Proposal = PullText & { server: string; branch: string; base: string; prefix: string }

export type Proposed =
  | { kind: 'opened' | 'updated' | 'unchanged'; pull: Pull; superseded: Pull[] }
  /** The token may not: a person has to, at this address. */
  | { kind: 'refused'; compareUrl: string; reason: string }

/** Leaves one open pull request of this kind: the branch's own, with this text. Older ones are closed and point to it. */
export async function propose(api: GithubApi, proposal: Proposal): Promise<Proposed> {
  try {
    return await settle(api, proposal)
  } catch (error) {
    if (!(error instanceof GithubError) || ![403, 404].includes(error.status)) throw error
    const { server, base, branch } = proposal
    const compareUrl = `${server}/${api.repository}/compare/${base}...${branch}?expand=1`
    return { kind: 'refused', compareUrl, reason: reasonOf(error, api, server) }
  }
}

async function settle(api: GithubApi, { branch, base, title, body, prefix }: Proposal): Promise<Proposed> {
  const open = (await api.listPulls()).filter(
    pull =>
      isSame(pull.headRepository, api.repository) && pull.baseBranch === base && pull.headBranch.startsWith(prefix),
  )
  const own = open.find(pull => pull.headBranch === branch)
  const kind = own === undefined ? 'opened' : own.title === title && own.body === body ? 'unchanged' : 'updated'
  const pull =
    own === undefined
      ? await api.openPull({ title, body, head: branch, base })
      : kind === 'unchanged'
        ? own
        : await api.updatePull(own.number, { title, body })
  const superseded = open.filter(each => each.number !== pull.number)
  for (const each of superseded) {
    await api.commentPull(each.number, `Superseded by #${pull.number}.`)
    await api.closePull(each.number)
  }
  return { kind, pull, superseded }
}

// GitHub takes names in any case, and answers with the one that was chosen once.
const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const APP = 'set PROMOTE_TOKEN to a token of a GitHub App with contents: write and pull-requests: write'

function reasonOf({ message }: GithubError, { repository, tokenName }: GithubApi, server: string): string {
  if (!/not permitted to create or approve pull requests/.test(message)) return `${message}; or ${APP}`
  const setting =
    'Settings → Actions → General → Workflow permissions → Allow GitHub Actions to create and approve pull requests'
  return `${tokenName} may not open pull requests here: switch on ${setting} (${server}/${repository}/settings/actions), or ${APP}`
}
