import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export type TcpProxy = {
  port: number
  /** From now on answers on the open connections get lost; what the server is told still arrives. */
  mute(): void
  /** Ends every connection; new ones work. */
  cut(): void
  /** Ends every connection and refuses new ones. */
  down(): Promise<void>
  up(): Promise<void>
}

/** Stands between a client and a server of this machine, as the network that fails. */
export async function createTcpProxy(t: TestContext, target: { host: string; port: number }): Promise<TcpProxy> {
  const links = new Set<Link>()
  const server = createServer(client => {
    const link = createLink(client, connect(target.port, target.host))
    links.add(link)
    client.on('close', () => links.delete(link))
  })
  const cut = () => {
    for (const link of links) link.cut()
  }
  const down = async () => {
    const closed = once(server, 'close')
    server.close()
    cut()
    await closed
  }
  const up = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port // a TCP server has one
  }
  const port = await up(0)
  t.after(() => (server.listening ? down() : undefined))
  return {
    port,
    mute() {
      for (const link of links) link.mute()
    },
    cut,
    down,
    up: async () => void (await up(port)),
  }
}

type Link = ReturnType<typeof createLink>

function createLink(client: Socket, server: Socket) {
  let muted = false
  client.on('data', chunk => server.write(chunk))
  server.on('data', chunk => {
    if (!muted) client.write(chunk)
  })
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => {}) // `close` follows
    one.on('close', () => other.destroy())
  }
  return {
    mute() {
      muted = true
    },
    cut: () => client.destroy(),
  }
}
