/** What the operator's API answered that is no success, as one sentence. */
export class ApiError extends Error {
  override name = 'ApiError'
}

export type Client = {
  get<T>(path: string, query?: Record<string, string | undefined>): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
}

const TIMEOUT_MS = 60_000

/** Talks to /api of a running delivery plane. */
export function createClient(url: string, token: string): Client {
  const call = async (path: string, init: RequestInit) => {
    const target = new URL(path, url)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(target, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(cause => {
      throw new ApiError(`${target.origin} does not answer: ${reasonOf(cause)}; is it running there? Set --url`, {
        cause,
      })
    })
    const text = await response.text()
    if (!response.ok) throw new ApiError(explain(response.status, text))
    return JSON.parse(text)
  }
  return {
    get: (path, query = {}) => {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
      return call(`${path}?${new URLSearchParams(given)}`, {})
    },
    post: (path, body = {}) => call(path, { method: 'POST', body: JSON.stringify(body) }),
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

function explain(status: number, text: string): string {
  if (status === 404 && !text.includes('there is no such')) {
    return 'it has no API: start it with DELIVERY_API_TOKEN (or DELIVERY_API_TOKEN_FILE)'
  }
  try {
    const { title, detail } = JSON.parse(text)
    return [title, detail].filter(part => typeof part === 'string').join(': ')
  } catch {
    return `it answered ${status}`
  }
}
