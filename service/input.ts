import type { Context } from 'hono'
import * as v from 'valibot'
import type { ProblemExtra } from '../lib/problem.ts'

/** What a client sent breaks a rule; app.ts turns it into a problem answer. */
export class BadInput extends Error {
  override name = 'BadInput'
  readonly status: 400 | 415 | 422
  readonly extra: ProblemExtra
  constructor(status: 400 | 415 | 422, title: string, extra: ProblemExtra = {}) {
    super(title)
    this.status = status
    this.extra = extra
  }
}

/** The JSON body as the schema has it. Throws BadInput: 415 for another content type, 400 for no JSON, 422 for a broken rule. */
export async function parseBody<T extends v.GenericSchema>(c: Context, schema: T): Promise<v.InferOutput<T>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new BadInput(415, 'expected content-type application/json')
  const body = await c.req.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) throw new BadInput(400, 'the body is not JSON')
    throw error // too large, or the client left
  })
  return parse(schema, body)
}

/** The query parameters as the schema has them. Throws BadInput 422. */
export const parseQuery = <T extends v.GenericSchema>(c: Context, schema: T): v.InferOutput<T> =>
  parse(schema, c.req.query())

/** A path parameter. Undefined when it breaks the rule: then it names nothing, which is a 404 and no mistake in a form. */
export function pathParameter<T extends v.GenericSchema>(
  c: Context,
  name: string,
  schema: T,
): v.InferOutput<T> | undefined {
  const result = v.safeParse(schema, c.req.param(name))
  return result.success ? result.output : undefined
}

function parse<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true })
  if (result.success) return result.output
  throw new BadInput(422, 'the input breaks a rule', {
    errors: result.issues.map(issue => ({ pointer: pointer(issue), detail: rule(issue) })),
  })
}

/** valibot's own sentence for a missing or unknown key talks of TypeScript. */
function rule(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== 'strict_object' || issue.path === undefined) return issue.message
  return issue.expected === 'never' ? 'unknown' : 'required'
}

/** Where the mistake is, as an RFC 6901 JSON pointer. */
const pointer = (issue: v.BaseIssue<unknown>) =>
  `#${(issue.path ?? []).map(item => `/${String(item.key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`
