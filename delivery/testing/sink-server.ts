import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { Identity } from './certificates.ts'

type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer }

/** What the server does with one request. */
export type Behaviour = (response: ServerResponse, received: Received) => void

export type SinkServer = {
  url: string
  port: number
  received: Received[]
  /** How many connections were ever opened, and how many are open. */
  connections: { opened: number; open: number }
  /** From now on; several are used one after the other, the last one for good. */
  behave(...behaviours: Behaviour[]): void
  /** Resolves when so many requests have come in all. */
  receivedAtLeast(count: number): Promise<void>
  closeIdleConnections(): void
}

export const answer =
  (status: number, body = '', headers: OutgoingHttpHeaders = {}): Behaviour =>
  response =>
    void response.writeHead(status, headers).end(body)

export const reset: Behaviour = response => response.socket?.resetAndDestroy()

export const neverAnswer: Behaviour = () => {}

/** The status, then a body without an end. */
export const endless =
  (status: number): Behaviour =>
  response => {
    response.writeHead(status)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(8192)));
    }
    response.on('drain', more)
    more()
  }

/** The status and a part of the body, then nothing. */
export const stall =
  (status: number): Behaviour =>
  response =>
    void response.writeHead(status, { 'content-length': '1000' }).write('some')

/** The status and a part of the body, then the connection breaks. */
export const breakOff =
  (status: number): Behaviour =>
  response =>
    void response
      .writeHead(status, { 'content-length': '1000' })
      .write('some', () => response.socket?.resetAndDestroy())

/** A real server on 127.0.0.1, with TLS when it has an identity; it ends with its test. */
export async function startSinkServer(t: TestContext, identity?: Identity): Promise<SinkServer> {
  const received: Received[] = []
  const connections = { opened: 0, open: 0 }
  const waiting = new Set<() => void>()
  let behaviours: Behaviour[] = [answer(200)]
  const server = identity ? createTlsServer(identity) : createServer()
  server.keepAliveTimeout = 30_000
  server.on('connection', (socket: Socket) => {
    connections.opened += 1
    connections.open += 1
    socket.on('close', () => {
      connections.open -= 1
    })
  })
  server.on('request', async (request, response) => {
    request.on('error', () => undefined) // a client that gives up is what some tests are about
    const { method = '', url = '', headers } = request
    const body = Buffer.concat(await request.toArray().catch(() => []))
    const one = { method, path: url, headers, body }
    received.push(one)
    const behaviour = (behaviours.length > 1 ? behaviours.shift() : behaviours[0]) ?? answer(200)
    behaviour(response, one)
    for (const look of waiting) look()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `${identity ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    received,
    connections,
    behave(...next) {
      behaviours = next
    },
    receivedAtLeast: count =>
      new Promise(resolve => {
        const look = () => {
          if (received.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    closeIdleConnections: () => server.closeIdleConnections(),
  }
}
