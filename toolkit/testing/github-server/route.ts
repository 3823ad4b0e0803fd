import type { Level, RepositoryState, Token } from './state.ts'

/** GitHub's refusal, thrown by a route. */
export class Refused extends Error {
  readonly status: number
  readonly body: object
  readonly headers: Record<string, string>
  constructor(status: number, body: object, headers: Record<string, string> = {}) {
    super(String(status))
    this.status = status
    this.body = body
    this.headers = headers
  }
}

export type Call = {
  repository: RepositoryState
  token: Token | undefined
  /** What the path's parentheses matched. */
  parts: string[]
  query: URLSearchParams
  // biome-ignore lint/suspicious/noExplicitAny: whatever a client posts; each route reads what it knows
  body: any
  url: string
}

/** `key`: the name of the list in the answer, where GitHub wraps one. */
export type Route = {
  needs: [permission: string, level: Level]
  key?: string
  status?: number
  answer(call: Call): unknown
}

/** Method, path below /repos/<owner>/<name>, and what answers it. */
export type Routes = [method: string, path: RegExp, route: Route][]
