import { branchOf, isAhead } from './git.ts'
import { type Call, Refused, type Routes } from './route.ts'
import type { PullRecord, RepositoryState } from './state.ts'

export const pullRoutes: Routes = [
  ['GET', /^\/pulls$/, { needs: ['pull_requests', 'read'], answer: listPulls }],
  ['POST', /^\/pulls$/, { needs: ['pull_requests', 'write'], status: 201, answer: openPull }],
  ['PATCH', /^\/pulls\/(\d+)$/, { needs: ['pull_requests', 'write'], answer: changePull }],
  ['POST', /^\/issues\/(\d+)\/comments$/, { needs: ['pull_requests', 'write'], status: 201, answer: commentPull }],
]

async function listPulls({ repository, query, url }: Call) {
  await refresh(repository)
  const state = query.get('state') ?? 'open'
  return repository.pulls
    .filter(pull => state === 'all' || pull.state === state)
    .toSorted((a, b) => b.number - a.number)
    .map(pull => shownPull(repository, pull, url))
}

/** A branch that is gone takes its pull request with it, and one that moved takes it along. */
async function refresh({ git, fullName, pulls }: RepositoryState): Promise<void> {
  for (const pull of pulls.filter(each => each.state === 'open' && each.head.repository === fullName)) {
    const commit = await branchOf(git, pull.head.ref)
    if (commit === undefined) pull.state = 'closed'
    else pull.head.sha = commit
  }
}

async function openPull({ repository, token, body, url }: Call) {
  if (token?.isOfActions && !repository.workflow.can_approve_pull_request_reviews)
    throw new Refused(403, { message: 'GitHub Actions is not permitted to create or approve pull requests.' })
  const { title, head, base } = body
  const sha = await branchOf(repository.git, head)
  if (typeof title !== 'string' || title === '') throw invalid({ field: 'title', code: 'missing_field' })
  if (sha === undefined) throw invalid({ field: 'head', code: 'invalid' })
  if ((await branchOf(repository.git, base)) === undefined) throw invalid({ field: 'base', code: 'invalid' })
  await refresh(repository)
  if (repository.pulls.some(pull => pull.state === 'open' && pull.head.ref === head && pull.base === base)) {
    const owner = repository.fullName.split('/')[0]
    throw invalid({ code: 'custom', message: `A pull request already exists for ${owner}:${head}.` })
  }
  if (!(await isAhead(repository.git, base, head)))
    throw invalid({ code: 'custom', message: `No commits between ${base} and ${head}` })
  const pull: PullRecord = {
    number: repository.pulls.length + 1,
    title,
    body: body.body ?? '',
    state: 'open',
    user: token?.login ?? '',
    head: { ref: head, sha, repository: repository.fullName },
    base,
    labels: [],
    comments: [],
    updatedAt: new Date().toISOString(),
  }
  repository.pulls.push(pull)
  return shownPull(repository, pull, url)
}

const invalid = (error: object) =>
  new Refused(422, { message: 'Validation Failed', errors: [{ resource: 'PullRequest', ...error }] })

function changePull(call: Call) {
  const pull = pullOf(call)
  for (const field of ['title', 'body', 'state'] as const)
    if (call.body[field] !== undefined) pull[field] = call.body[field]
  pull.updatedAt = new Date().toISOString()
  return shownPull(call.repository, pull, call.url)
}

function commentPull(call: Call) {
  pullOf(call).comments.push(call.body.body)
  return { id: 1, body: call.body.body }
}

function pullOf({ repository, parts }: Call): PullRecord {
  const pull = repository.pulls.find(each => each.number === Number(parts[0]))
  if (pull === undefined) throw new Refused(404, { message: 'Not Found' })
  return pull
}

const shownPull = (repository: RepositoryState, pull: PullRecord, url: string) => ({
  number: pull.number,
  title: pull.title,
  body: pull.body === '' ? null : pull.body,
  state: pull.state,
  html_url: `${url}/${repository.fullName}/pull/${pull.number}`,
  updated_at: pull.updatedAt,
  user: { login: pull.user },
  head: {
    ref: pull.head.ref,
    sha: pull.head.sha,
    repo: pull.head.repository === '' ? null : { full_name: pull.head.repository },
  },
  base: { ref: pull.base },
  labels: pull.labels.map(name => ({ name })),
})
