import { setTimeout as delay } from 'node:timers/promises'
import * as v from 'valibot'
import { GithubError, refusal } from './refusal.ts'

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const API_VERSION = '2022-11-28'
const TIMEOUT_MS = 20_000
/** A wait that GitHub asks for and that is longer is told instead. */
const LONGEST_WAIT_MS = 60_000
/** Before the second and the third try of a question. */
const DELAYS_MS = [1000, 4000]
/** No list that we read is near it; a server that always names a next page must not keep us for ever. */
const MOST_PAGES = 50

export type Access = {
  /** Such as https://api.github.com, or https://<host>/api/v3 of GitHub Enterprise Server. */
  apiUrl: string
  /** Without one only what is public can be read. */
  token: string | undefined
  /** How messages call the token: the variable it came from, never its value. */
  tokenName: string
  signal: AbortSignal
  delaysMs?: readonly number[]
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
type Question = { method: Method; path: string; needs: string; body?: object }

export type Client = {
  /** `needs` is the permission that a refusal names, such as "pull-requests: write". */
  get<T extends v.GenericSchema>(path: string, needs: string, schema: T): Promise<v.InferOutput<T>>
  /** Every page of a list; `key` names the list where the answer is an object. */
  list<T extends v.GenericSchema>(path: string, needs: string, item: T, key?: string): Promise<v.InferOutput<T>[]>
  send<T extends v.GenericSchema>(question: Question, schema: T): Promise<v.InferOutput<T>>
}

/** Asks GitHub's REST API. Reading is tried again after a passing fault; writing is not, as it may have happened. */
export function createClient(access: Access): Client {
  const base = checkUrl(access.apiUrl)
  const ask = (question: Question) => request(new URL(base + question.path), question, access)
  return {
    async get(path, needs, schema) {
      const { body } = await ask({ method: 'GET', path, needs })
      return parse(schema, body, path)
    },
    async list(path, needs, item, key) {
      const list = key === undefined ? v.array(item) : v.object({ [key]: v.array(item) })
      const found: unknown[] = []
      let next: string | undefined = `${path}${path.includes('?') ? '&' : '?'}per_page=100`
      for (let page = 1; next !== undefined; page++) {
        if (page > MOST_PAGES) throw new Error(`GitHub: ${path} has more than ${MOST_PAGES} pages`)
        const { body, link }: Answer = await ask({ method: 'GET', path: next, needs })
        const parsed: unknown = parse(list, body, path)
        found.push(...((key === undefined ? parsed : (parsed as Record<string, unknown>)[key]) as unknown[])) // both are what the schema says
        next = nextPage(link, base)
      }
      return found as v.InferOutput<typeof item>[] // each was parsed by it
    },
    async send(question, schema) {
      const { body } = await ask(question)
      return parse(schema, body, question.path)
    },
  }
}

/** The token travels with every request, so it goes over TLS or stays on this machine. */
function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url === undefined || (url.protocol !== 'https:' && !isLocal) || url.username !== '' || url.password !== '')
    throw new Error('GITHUB_API_URL: expected https://<host>/api/v3, or https://api.github.com, without a password')
  return text.replace(/\/+$/, '')
}

type Answer = { body: unknown; link: string | null }

async function request(url: URL, question: Question, access: Access): Promise<Answer> {
  const delays = question.method === 'GET' ? (access.delaysMs ?? DELAYS_MS) : []
  for (let attempt = 0; ; attempt++) {
    const last = attempt >= delays.length
    const response = await send(url, question, access).catch((error: Error) => error)
    access.signal.throwIfAborted()
    if (response instanceof Error) {
      if (last) throw new GithubError(`GitHub does not answer at ${url.host}: ${reasonOf(response)}`, 0, response)
    } else if (response.ok) return { body: await bodyOf(response), link: response.headers.get('link') }
    else if (last || !isPassing(response))
      throw refusal(response, await bodyOf(response), { ...question, url, ...access })
    else await response.body?.cancel()
    const asked = response instanceof Error ? 0 : Number(response.headers.get('retry-after') ?? 0) * 1000
    await delay(Math.min(Math.max(asked, delays[attempt] ?? 0), LONGEST_WAIT_MS), undefined, { signal: access.signal })
  }
}

function send(url: URL, { method, body }: Question, { token, signal }: Access): Promise<Response> {
  return fetch(url, {
    method,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': API_VERSION,
      'user-agent': 'fairlead',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: a secondary limit says when to come back. */
function isPassing({ status, headers }: Response): boolean {
  const after = headers.get('retry-after')
  const isLimit = (status === 403 || status === 429) && after !== null && Number(after) * 1000 <= LONGEST_WAIT_MS
  return isLimit || status >= 500
}

// fetch says "fetch failed"; why is in the cause. Neither has the headers of the request.
const reasonOf = (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message)

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return { message: text.slice(0, 200) } // a proxy's page: shown when it is part of a refusal, else refused by the schema
  }
}

function parse<T extends v.GenericSchema>(schema: T, body: unknown, path: string): v.InferOutput<T> {
  const result = v.safeParse(schema, body)
  if (result.success) return result.output
  const [issue] = result.issues
  const where = v.getDotPath(issue) ?? 'the answer'
  throw new GithubError(`GitHub answered ${path} in an unknown form: ${where}: ${issue.message}`, 200)
}

/** The path of the next page, only ever below the same API: the token must not follow a link to elsewhere. */
function nextPage(link: string | null, base: string): string | undefined {
  const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1]
  if (next === undefined) return undefined
  if (!next.startsWith(`${base}/`)) throw new Error(`GitHub: the next page is not below ${base}`)
  return next.slice(base.length)
}
