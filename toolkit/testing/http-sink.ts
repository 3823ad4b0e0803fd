import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: string }
type Answer = { status: number; body?: string; headers?: Record<string, string> }

export type HttpSink = AsyncDisposable & { url: string; received: Received[]; answers: Answer[] }

/** A server that keeps what it gets. It gives each of `answers` once, and then `usual`. */
export async function startHttpSink(usual: Answer): Promise<HttpSink> {
  const received: Received[] = []
  const answers: Answer[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    received.push({ method, path, headers, body: await text(request) })
    const { status, body = '', headers: more } = answers.shift() ?? usual
    response.writeHead(status, more).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // bound to TCP just above
    received,
    answers,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
