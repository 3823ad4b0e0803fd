import { connect } from 'node:net'

export type Client = { stop(): void }

const DEADLINE_MS = 10_000

/**
 * One keep-alive connection with one GET under way at any time. It does just enough to judge an answer: whoever sends the
 * requests shares the machine with the server, and a complete client would be the slower of the two.
 */
export function startClient(url: URL, onAnswer: (ms: number) => void, onFailure: (error: Error) => void): Client {
  const request = Buffer.from(`GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`)
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
  let sentAt = 0
  let received: Buffer | undefined

  function send() {
    sentAt = performance.now()
    socket.write(request)
  }

  function receive(chunk: Buffer) {
    received = received === undefined ? chunk : Buffer.concat([received, chunk])
    const { status, size } = readHead(received)
    if (received.length < size) return
    received = undefined
    if (status !== 200) throw new Error(`answered ${status}, expected 200`)
    onAnswer(performance.now() - sentAt)
    if (!socket.destroyed) send()
  }

  socket.on('connect', send)
  socket.on('data', chunk => {
    try {
      receive(chunk)
    } catch (error) {
      socket.destroy(error as Error) // nothing else is thrown above
    }
  })
  socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`no answer within ${DEADLINE_MS / 1000} s`)))
  socket.on('error', onFailure)
  socket.on('end', () => onFailure(new Error('the server closed the connection')))
  return { stop: () => void socket.destroy() }
}

/** `size` is that of the whole answer in bytes; more than there are while the head is not complete. */
export function readHead(bytes: Buffer): { status: number; size: number } {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return { status: 0, size: Number.POSITIVE_INFINITY }
  const head = bytes.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`answered without content-length: ${head}`)
  return { status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)), size: end + 4 + Number(length) }
}
