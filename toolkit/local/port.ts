import { createServer } from 'node:net'

/** A port that nobody listens on now. */
export const freePort = () => tryPort('127.0.0.1', 0)

/** The port to use for `wanted`: itself, or a free one for 0. Throws one sentence when it is taken. */
export async function claimPort(host: string | undefined, wanted: number): Promise<number> {
  try {
    return await tryPort(host, wanted)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const where = `${host ?? '*'}:${wanted}`
    if (code !== 'EADDRINUSE') throw new Error(`HOST, PORT: cannot listen on ${where} (${code})`, { cause })
    const other = await nextFree(host, wanted)
    const way = other ? `choose another, such as PORT=${other}` : 'set another PORT'
    throw new Error(`PORT: ${where} is taken; stop what listens there, or ${way}`, { cause })
  }
}

async function nextFree(host: string | undefined, taken: number): Promise<number | undefined> {
  for (let port = taken + 1; port <= Math.min(taken + 20, 65_535); port++) {
    const isFree = await tryPort(host, port).then(
      () => true,
      () => false,
    )
    if (isFree) return port
  }
  return undefined
}

function tryPort(host: string | undefined, wanted: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer().once('error', reject)
  server.listen({ port: wanted, host }, () => {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : wanted
    server.close(() => resolve(port))
  })
  return promise
}
