import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Further members of a problem: `detail` for people, `errors` with a JSON pointer each for bad fields. */
export type ProblemExtra = { detail?: string; errors?: { pointer: string; detail: string }[] }

/** An error answer as RFC 9457 has it. `type` is left out, which means about:blank: the title says it all. */
export function problem(c: Context, status: ContentfulStatusCode, title: string, extra: ProblemExtra = {}): Response {
  return c.body(problemBody(status, title, extra), status, { 'content-type': 'application/problem+json' })
}

export const problemBody = (status: number, title: string, extra: ProblemExtra = {}) =>
  JSON.stringify({ title, status, ...extra })
