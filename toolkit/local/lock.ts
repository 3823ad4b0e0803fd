import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a second launcher tells its user about the first. */
export type Holder = { pid: number; url: string }

type Lock = { holder?: undefined; release: () => void } | { holder: Holder; release?: undefined }

/** The same few characters for the same checkout, different ones for another. */
export const hashOf = (checkout: string) => createHash('sha256').update(checkout).digest('hex').slice(0, 10)

/**
 * One launcher a checkout. A socket in Linux's abstract namespace (unix(7)) is no file: it ends with its process, however
 * that ends, so there is no stale lock. Who connects is told who holds it.
 */
export async function takeLock(name: string, self: Holder): Promise<Lock> {
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
    return { holder: await askHolder(path) }
  }
}

async function askHolder(path: string): Promise<Holder> {
  const socket = connect({ path, timeout: 5000 })
  socket.on('timeout', () =>
    socket.destroy(new Error('another process holds the lock of this checkout and does not answer')),
  )
  return JSON.parse(await text(socket))
}
