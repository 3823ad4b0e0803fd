import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { BlockedAddress } from './lookup.ts'

/** No answer came. `reason` is for people. */
export type Failure = {
  kind: 'failed'
  class: 'network' | 'timeout' | 'tls' | 'address'
  reason: string
  /** A kept connection had been closed by the other end before this request used it. */
  wasStale: boolean
}

export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

class TimedOut extends Error {
  override name = 'TimedOut'
}

export function failureOf(error: Error & { code?: unknown }, wasReused = false): Failure {
  const code = typeof error.code === 'string' ? error.code : ''
  // An error of several addresses (AggregateError) has a code and no message.
  const reason = [code, error.message]
    .filter((part, index, [first]) => part && (index === 0 || part !== first))
    .join(': ')
  const wasStale = wasReused && (code === 'ECONNRESET' || code === 'EPIPE')
  return { kind: 'failed', class: classOf(error, code), reason, wasStale }
}

// What Node calls the ways in which a certificate fails, after OpenSSL's X509_V_ERR_ and its own ERR_TLS_CERT_.
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED/

function classOf(error: Error, code: string): Failure['class'] {
  if (error instanceof BlockedAddress) return 'address'
  if (error instanceof TimedOut || code === 'ETIMEDOUT') return 'timeout'
  return certificate.test(code) ? 'tls' : 'network'
}

type Limits = { connectTimeoutMs: number; timeoutMs: number; deadline: number; signal: AbortSignal }

/** Ends the request at its deadline, when its connection takes too long, and when the signal says so. Call the result when it is over. */
export function limitTime(
  request: ClientRequest,
  { connectTimeoutMs, timeoutMs, deadline, signal }: Limits,
): () => void {
  const after = (ms: number, what: string) => setTimeout(() => request.destroy(new TimedOut(what)), Math.max(0, ms))
  const whole = after(deadline - performance.now(), `no answer within ${timeoutMs} ms`)
  let connecting: NodeJS.Timeout | undefined
  request.once('socket', socket => {
    if (isReady(socket)) return
    connecting = after(connectTimeoutMs, `no connection within ${connectTimeoutMs} ms`)
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
  })
  const stop = () => request.destroy(new NoAnswer('stopped'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  return () => {
    clearTimeout(whole)
    clearTimeout(connecting)
    signal.removeEventListener('abort', stop)
  }
}

const isReady = (socket: Socket) =>
  !socket.connecting && !(socket instanceof TLSSocket && !socket.getProtocol()?.startsWith('TLS'))
