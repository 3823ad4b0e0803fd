import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A run of a workflow, as a token of GitHub Actions tells of it. */
export type Run = { repository: string; workflow: string; ref: string; event: string }

export type OidcIssuer = AsyncDisposable & {
  url: string
  /** What a job with `id-token: write` finds in its environment. */
  tokenEnv(run: Run): { ACTIONS_ID_TOKEN_REQUEST_URL: string; ACTIONS_ID_TOKEN_REQUEST_TOKEN: string }
}

const requestToken = 's3cr3t-request-of-the-job'

/**
 * Hands out tokens in the shape of GitHub's (docs: "OpenID Connect reference"), each for the run that its address names. It is
 * as careful as GitHub with who asks, and signs with a key of its own.
 */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }]
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', url)
    const answer = (status: number, body: object) => response.writeHead(status, json).end(JSON.stringify(body))
    if (asked.pathname === '/.well-known/openid-configuration') return answer(200, discovery(url))
    if (asked.pathname === '/keys') return answer(200, { keys })
    if (asked.pathname !== '/token') return answer(404, { message: 'not found' })
    if (request.headers.authorization !== `bearer ${requestToken}`) return answer(401, { message: 'not this job' })
    return answer(200, {
      value: createToken(claimsOf(asked.searchParams, url), input => sign('sha256', input, privateKey)),
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // bound to TCP just above
  return {
    url,
    tokenEnv: run => ({
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?${new URLSearchParams(run)}`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    }),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const json = { 'content-type': 'application/json' }

const discovery = (url: string) => ({
  issuer: url,
  jwks_uri: `${url}/keys`,
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
})

function claimsOf(asked: URLSearchParams, issuer: string): object {
  const text = (name: string) => asked.get(name) ?? ''
  const repository = text('repository')
  const workflow = `${repository}/.github/workflows/${text('workflow')}@${text('ref')}`
  const commit = '0123456789abcdef0123456789abcdef01234567'
  const now = Math.floor(Date.now() / 1000)
  return {
    ...{ iss: issuer, aud: text('audience'), iat: now, nbf: now - 5, exp: now + 300 },
    ...{ sub: `repo:${repository}:ref:${text('ref')}`, ref: text('ref'), sha: commit, event_name: text('event') },
    ...{ repository, repository_id: '1', repository_owner: repository.split('/')[0], repository_owner_id: '2' },
    ...{ repository_visibility: 'public', runner_environment: 'github-hosted', run_id: '3', run_attempt: '1' },
    ...{ workflow: 'ci', workflow_ref: workflow, workflow_sha: commit },
    ...{ job_workflow_ref: workflow, job_workflow_sha: commit },
  }
}

function createToken(claims: object, signBytes: (input: Buffer) => Buffer): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part(claims)}`
  return `${input}.${signBytes(Buffer.from(input)).toString('base64url')}`
}
