import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Lets a server go without failing a request. The caller has already turned readiness off and asks each answer to close
 * its connection. For `graceMs` everything is still served, because load balancers keep sending until they have noticed;
 * then no connection is accepted, idle ones are closed, and requests under way may finish until `deadline` (ms since the
 * epoch of performance.now()), when what is left is cut. Resolves to the number of connections that were cut.
 */
export async function drain(server: Server, graceMs: number, deadline: number): Promise<number> {
  await delay(graceMs)
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // A keep-alive connection that was between two requests a moment ago may come to rest only now.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const timeout = new AbortController()
  const late = delay(Math.max(0, deadline - performance.now()), 'late' as const, { signal: timeout.signal }).catch(
    () => 'stopped' as const,
  )
  try {
    if ((await Promise.race([closed, late])) !== 'late') return 0
    const cut = await countConnections(server)
    server.closeAllConnections()
    return cut
  } finally {
    clearInterval(sweep)
    timeout.abort()
  }
}

const countConnections = (server: Server) =>
  new Promise<number>(resolve => server.getConnections((_error, count) => resolve(count ?? 0)))
