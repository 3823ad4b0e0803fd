import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a second launcher tells its user about the first. */
export type Holder = { pid: number; url: string }

type Lock<H> = { holder?: undefined; release: () => void } | { holder: H; release?: undefined }

/** The same few characters for the same checkout, different ones for another. */
export const hashOf = (checkout: string) => createHash('sha256').update(checkout).digest('hex').slice(0, 10)

/**
 * One process at a time, such as one launcher a checkout. A socket in Linux's abstract namespace (unix(7)) is no file: it ends with its process, however
 * that ends, so there is no stale lock. Who connects is told who holds it.
 */
export async function takeLock<H extends { pid: number } = Holder>(name: string, self: H): Promise<Lock<H>> {
  const path = `\0${name.slice(0, 80)}` // sun_path has room for 108 bytes
  const server = createServer(socket => {
    socket.on('error', () => {}) // whoever asked has gone
    socket.end(JSON.stringify(self))
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(path, resolve)
  try {
    await promise
    return { release: () => void server.close() }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return { holder: await askHolder<H>(path) }
  }
}

async function askHolder<H>(path: string): Promise<H> {
  const socket = connect({ path, timeout: 5000 })
  socket.on('timeout', () => socket.destroy(new Error('another process holds the lock and does not answer')))
  return JSON.parse(await text(socket))
}
