import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { drain } from '../../lib/drain.ts'
import { createHttpServer, listen } from '../../lib/http-server.ts'

/** The whole request, so that a sender that stalls does not hold a connection; senders here give up earlier. */
const REQUEST_TIMEOUT_MS = 30_000

/** A server for the main app and one for each port of its own. Probes and metrics are served to the very end. */
export function createServers(
  { main, own }: { main: Hono; own: ReadonlyMap<number, Hono> },
  isDraining: () => boolean,
) {
  const serve = (app: Hono): Server => {
    const hono = getRequestListener(app.fetch)
    return createHttpServer(
      (incoming, outgoing) => {
        if (isDraining()) outgoing.setHeader('connection', 'close')
        return hono(incoming, outgoing)
      },
      { requestTimeoutMs: REQUEST_TIMEOUT_MS },
    )
  }
  const first = serve(main)
  const others = [...own].map(([port, app]) => ({ port, server: serve(app) }))
  return {
    async listen(port: number, host: string | undefined): Promise<{ port: number; ports: number[] }> {
      const opened = await listen(first, port, host)
      const ports: number[] = []
      for (const other of others) ports.push(await listen(other.server, other.port, host))
      return { port: opened, ports }
    },
    /** Resolves to the number of connections that were cut. */
    async drain(graceMs: number, deadline: number): Promise<number> {
      const all = [first, ...others.map(({ server }) => server)]
      const cut = await Promise.all(all.map(server => drain(server, graceMs, deadline)))
      return cut.reduce((sum, count) => sum + count, 0)
    },
  }
}
