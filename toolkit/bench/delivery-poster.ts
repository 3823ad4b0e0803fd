import { once } from 'node:events'
import { connect } from 'node:net'

export type Poster = Disposable & {
  /** Resolves to the status when the whole answer is there. One at a time. */
  post(body: string): Promise<number>
}

/**
 * One connection that posts JSON and reads what it must of HTTP/1.1, for answers with a content-length: on a machine
 * whose cores it shares with the server, a whole HTTP client would be half of what is measured.
 */
export async function connectPoster(port: number, path: string, token: string): Promise<Poster> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    'content-length: ',
  ].join('\r\n')
  let answer = Promise.withResolvers<number>()
  answer.promise.catch(() => {}) // nobody waits for it before the first post
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
    try {
      const status = completeStatus(text)
      if (status === undefined) return
      text = ''
      answer.resolve(status)
    } catch (error) {
      answer.reject(error)
    }
  })
  socket.on('error', error => answer.reject(error))
  socket.on('close', () => answer.reject(new Error('the connection was closed before the answer')))
  return {
    post(body) {
      answer = Promise.withResolvers()
      socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`, error => error && answer.reject(error))
      return answer.promise
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

/** Undefined until all of it has come. Throws for an answer without a length. */
export function completeStatus(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1]
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1])
  if (length === undefined || Number.isNaN(status))
    throw new Error(`not an answer with a length: ${text.slice(0, end)}`)
  return text.length - end - 4 < Number(length) ? undefined : status
}
