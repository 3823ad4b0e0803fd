import * as v from 'valibot'

/** GitHub said no, or nothing at all (status 0). The message says what to do about it and never holds the token. */
export class GithubError extends Error {
  override name = 'GithubError'
  readonly status: number
  constructor(message: string, status: number, cause?: unknown) {
    super(message, { cause })
    this.status = status
  }
}

const Refusal = v.object({
  message: v.optional(v.string(), ''),
  errors: v.optional(
    v.array(v.union([v.string(), v.object({ message: v.optional(v.string()), code: v.optional(v.string()) })])),
  ),
})

type Asked = { method: string; url: URL; needs: string; token: string | undefined; tokenName: string }

/** One sentence for an answer that is not 2xx: what was asked, what GitHub said, and which permission or App is missing. */
export function refusal({ status, headers }: Response, body: unknown, asked: Asked): GithubError {
  const said = wordsOf(body)
  const question = `GitHub answered ${status} to ${asked.method} ${asked.url.pathname}${said && ` ("${said}")`}`
  return new GithubError(`${question}: ${adviceFor(status, said, headers, asked)}`, status)
}

function wordsOf(body: unknown): string {
  const parsed = v.safeParse(Refusal, body)
  if (!parsed.success) return ''
  const { message, errors = [] } = parsed.output
  const details = errors.map(each => (typeof each === 'string' ? each : (each.message ?? each.code ?? '')))
  return [message, ...details.filter(each => each !== '')].join('; ').slice(0, 500)
}

function adviceFor(status: number, said: string, headers: Headers, { needs, token, tokenName }: Asked): string {
  const limit = headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after') || /rate limit/i.test(said)
  if ((status === 403 || status === 429) && limit) return `the rate limit is used up; ${whenAgain(headers)}`
  if (token === undefined && [401, 403, 404].includes(status))
    return `there is no token; set GITHUB_TOKEN to one with ${needs}`
  if (status === 401) return `${tokenName} is not valid, or no longer; make a new one with ${needs}`
  // GitHub names what a fine-grained token or an App would need, in its own words (pull_requests=write).
  const accepted = headers.get('x-accepted-github-permissions')
  if (status === 403)
    return `${tokenName} lacks ${needs}${accepted ? ` (GitHub: ${accepted})` : ''}; ${whereToGrant(tokenName)}`
  if (status === 404)
    return `it does not exist, or ${tokenName} may not see it, which takes ${needs}; ${whereToGrant(tokenName)}`
  if (status === 422) return 'GitHub does not accept this content'
  return status >= 500 ? 'GitHub has a fault; see https://www.githubstatus.com, and run the step again' : 'unexpected'
}

function whereToGrant(tokenName: string): string {
  return tokenName === 'GITHUB_TOKEN'
    ? 'add it to `permissions` of the job, or take a GitHub App that is installed on the repository and has it'
    : 'give it that permission, or install the GitHub App it comes from on the repository'
}

function whenAgain(headers: Headers): string {
  const after = headers.get('retry-after')
  if (after !== null) return `run the step again in ${after} s`
  const reset = Number(headers.get('x-ratelimit-reset'))
  return reset > 0 ? `run the step again after ${new Date(reset * 1000).toISOString()}` : 'run the step again later'
}
