import { once } from 'node:events'
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Gatekeeper = AsyncDisposable & {
  /** 127.0.0.1:<port> */
  host: string
  /** Who tried to write without being allowed to: "PUT /v2/…". */
  refused: string[]
}

/** Stands before a registry as GitHub's does: anybody reads what is public, and only a token with `packages: write` writes. */
export async function startGatekeeper(registry: string, mayWrite: (password: string) => boolean): Promise<Gatekeeper> {
  const refused: string[] = []
  const server = createServer((request, response) => {
    const password = passwordOf(request)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    // Clients log in when this one address asks them to.
    if (request.url === '/v2/' && password === undefined) return answer(response, 401, 'UNAUTHORIZED')
    if (isRead || (password !== undefined && mayWrite(password))) return forward(request, response, registry)
    refused.push(`${request.method} ${request.url}`)
    request.resume()
    return answer(response, password === undefined ? 401 : 403, 'DENIED')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`, // bound to TCP just above
    refused,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function passwordOf({ headers: { authorization = '' } }: IncomingMessage): string | undefined {
  const [, encoded] = /^Basic (.+)$/.exec(authorization) ?? []
  return (
    encoded &&
    Buffer.from(encoded, 'base64')
      .toString()
      .replace(/^[^:]*:/, '')
  )
}

function answer(response: ServerResponse, status: number, code: string): void {
  const message = 'permission_denied: the token provided does not match expected scopes.'
  const headers = { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="packages"' }
  response.writeHead(status, headers).end(JSON.stringify({ errors: [{ code, message }] }))
}

// With the host that was asked for, so that the addresses in answers lead here again.
function forward(request: IncomingMessage, response: ServerResponse, registry: string): void {
  const [hostname, port] = registry.split(':')
  const { authorization: _, ...headers } = request.headers
  const options = { hostname, port, path: request.url, method: request.method, headers }
  const onward = ask(options, answered => {
    response.writeHead(answered.statusCode ?? 502, answered.headers)
    answered.pipe(response)
  })
  onward.on('error', error => response.destroy(error))
  request.pipe(onward)
}
