import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { problemBody } from './problem.ts'

const SECOND = 1000

/** Longer than the 60 s of common load balancers: the side that knows about the next request should close first. */
const KEEP_ALIVE_TIMEOUT_MS = 75 * SECOND
/** A client that has not sent its headers by then is holding a socket, not asking for something. */
const HEADERS_TIMEOUT_MS = 10 * SECOND
const HEADER_LIMIT_BYTES = 16 * 1024

/** An HTTP server with every limit set; `listen` below opens its port. */
export function createHttpServer(
  listener: RequestListener,
  { requestTimeoutMs }: { requestTimeoutMs: number },
): Server {
  const server = createServer(
    {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      maxHeaderSize: HEADER_LIMIT_BYTES,
      connectionsCheckingInterval: SECOND, // Node looks for late headers every 30 s unless told
    },
    listener,
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy()
    const [status, title] = clientErrors[error.code ?? ''] ?? [400, 'bad request']
    const body = problemBody(status, title)
    socket.end(
      `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  })
  return server
}

// https://nodejs.org/api/http.html#event-clienterror; anything else the parser says is a 400.
const clientErrors: Record<string, [number, string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request timeout'],
  HPE_HEADER_OVERFLOW: [431, 'request header fields too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'content too large'],
}

/** Resolves to the port that was opened. Rejects with a sentence when the address is taken or not allowed. */
export function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${host ?? '*'}:${port}`
      if (cause.code === 'EADDRINUSE')
        reject(new Error(`PORT: ${where} is taken; stop what listens there or set another PORT`, { cause }))
      else reject(new Error(`HOST, PORT: cannot listen on ${where} (${cause.code})`, { cause }))
    })
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port)) // bound to TCP just above
  })
}
