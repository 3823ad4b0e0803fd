import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { serveGit } from './github-server/git.ts'
import { pullRoutes } from './github-server/pulls.ts'
import { type Call, Refused } from './github-server/route.ts'
import { settingRoutes } from './github-server/settings.ts'
import type { GithubState, RepositoryState, Token } from './github-server/state.ts'
import { statusRoutes } from './github-server/statuses.ts'

export type GithubServer = AsyncDisposable & {
  url: string
  /** What a workflow finds in its environment. */
  env: { GITHUB_SERVER_URL: string; GITHUB_API_URL: string }
  state: GithubState
}

/**
 * GitHub as far as the toolkit knows it, on loopback and shaped like an Enterprise Server: the REST API below /api/v3, and
 * git over HTTP at /<owner>/<name>.git. It refuses what GitHub refuses, in the same words.
 */
export async function startGithubServer(repositories: readonly RepositoryState[]): Promise<GithubServer> {
  const state: GithubState = {
    tokens: new Map(),
    repositories: new Map(repositories.map(each => [each.fullName, each])),
    packages: new Map(),
    requests: [],
    faults: [],
    pageSize: 100,
  }
  let url = ''
  const server = createServer((request, response) => {
    handle(request, response, state, url).catch((error: Error) => reply(response, 500, { message: error.message }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // bound to TCP just above
  return {
    url,
    env: { GITHUB_SERVER_URL: url, GITHUB_API_URL: `${url}/api/v3` },
    state,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function handle(request: IncomingMessage, response: ServerResponse, state: GithubState, url: string) {
  const { pathname, searchParams } = new URL(request.url ?? '/', url)
  state.requests.push(`${request.method} ${pathname.replace('/api/v3', '')}`)
  const fault = state.faults.shift()
  if (fault) return reply(response, fault.status, fault.body ?? { message: 'fault' }, fault.headers)
  const given = credential(request)
  const token = given === undefined ? undefined : state.tokens.get(given)
  if (given !== undefined && token === undefined) return reply(response, 401, { message: 'Bad credentials' })

  const asPackage = /^\/api\/v3\/(?:orgs|users)\/([\w.-]+)\/packages\/container\/([^/]+)$/.exec(pathname)
  if (asPackage)
    return replyPackage(response, state, token, `${asPackage[1]}/${decodeURIComponent(asPackage[2] ?? '')}`)
  const asGit = /^\/([\w.-]+\/[\w.-]+)\.git\//.exec(pathname)
  const asApi = /^\/api\/v3\/repos\/([\w.-]+\/[\w.-]+)(.*)$/.exec(pathname)
  const repository = state.repositories.get((asGit ?? asApi)?.[1] ?? '')
  if (repository === undefined || !canSee(repository, token)) return reply(response, 404, { message: 'Not Found' })
  if (asGit) return serveGit(request, response, { repository, token, path: pathname })

  const rest = asApi?.[2] ?? ''
  for (const [method, path, route] of [...pullRoutes, ...statusRoutes, ...settingRoutes]) {
    const parts = request.method === method ? path.exec(rest)?.slice(1) : undefined
    if (parts === undefined) continue
    try {
      demand(token, repository, route.needs)
      const body = method === 'GET' ? undefined : await json(request)
      const answer = await route.answer({ repository, token, parts, query: searchParams, body, url } satisfies Call)
      if (!Array.isArray(answer)) return reply(response, route.status ?? 200, answer)
      const { page, link } = cut(answer, new URL(request.url ?? '/', url), state.pageSize)
      const shown = route.key === undefined ? page : { total_count: answer.length, [route.key]: page }
      return reply(response, 200, shown, link)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return reply(response, error.status, error.body, error.headers)
    }
  }
  return reply(response, 404, { message: 'Not Found' })
}

function replyPackage(response: ServerResponse, { packages }: GithubState, token: Token | undefined, name: string) {
  const repository = packages.get(name)
  if (token?.permissions.packages === undefined)
    reply(response, 403, { message: 'You need at least read:packages scope to get a package.' })
  else if (repository === undefined) reply(response, 404, { message: 'Package not found.' })
  else
    reply(response, 200, { name, visibility: 'public', ...(repository && { repository: { full_name: repository } }) })
}

/** Bearer for the API; for git a password, with whatever user name. */
function credential({ headers: { authorization = '' } }: IncomingMessage): string | undefined {
  const [scheme, value = ''] = authorization.split(' ')
  if (scheme === 'Bearer') return value
  return scheme?.toLowerCase() === 'basic'
    ? Buffer.from(value, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : undefined
}

const canSee = (repository: RepositoryState, token: Token | undefined) =>
  token === undefined ? !repository.private : (token.repositories?.includes(repository.fullName) ?? true)

/** Everybody may read what is public, but for what only an administrator sees. */
function demand(
  token: Token | undefined,
  { private: isPrivate }: RepositoryState,
  [permission, level]: [string, string],
) {
  const isOpen = level === 'read' && permission !== 'administration' && (!isPrivate || permission === 'metadata')
  const has = token?.permissions[permission]
  if (isOpen || has === 'write' || has === level) return
  if (token === undefined) throw new Refused(401, { message: 'Requires authentication' })
  const message = token.isOfActions
    ? 'Resource not accessible by integration'
    : 'Resource not accessible by personal access token'
  throw new Refused(403, { message }, { 'x-accepted-github-permissions': `${permission}=${level}` })
}

function cut(list: unknown[], asked: URL, pageSize: number) {
  const size = Math.min(Number(asked.searchParams.get('per_page') ?? 30), pageSize)
  const page = Number(asked.searchParams.get('page') ?? 1)
  asked.searchParams.set('page', String(page + 1))
  const link = page * size < list.length ? { link: `<${asked.href}>; rel="next", <${asked.href}>; rel="last"` } : {}
  return { page: list.slice((page - 1) * size, page * size), link }
}

function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body))
}
