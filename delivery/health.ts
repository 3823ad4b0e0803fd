import { Hono } from 'hono'
import type { Complete } from './config.ts'

export type DestinationHealth = {
  name: string
  type: string
  /** up; degraded: it cannot work as configured, or its last attempts failed; paused: by a person, or by a 410. */
  state: 'up' | 'degraded' | 'paused'
  reason?: string
  pending: number
  dead: number
  oldestPendingSeconds: number
}

export type Readiness = {
  /** Nothing can be acknowledged: `not ready`. Somebody should look, and all is still taken: `degraded`. */
  status: 'ready' | 'degraded' | 'not ready' | 'draining'
  ledger: { writable: boolean; reason?: string }
  storage: { level: 'ok' | 'warning' | 'critical'; reason?: string }
  /** What is wrong with who may send: nobody can, or a secret is missing. */
  sources: { problems: string[] }
  config: { loadedAt: string; problem?: string }
  destinations: DestinationHealth[]
}

export type Health = { readiness: () => Promise<Readiness>; probes: Complete['probes'] }

/** Probes of the process. Liveness asks nobody: a full disk or a dead destination is nothing that a restart heals. */
export function healthRoutes({ readiness, probes }: Health) {
  const app = new Hono()
  app.get('/health', c => c.text('healthy'))
  app.get(probes.live, c => c.json({ status: 'alive' }))
  app.get(probes.ready, async c => {
    const state = await readiness()
    c.header('cache-control', 'no-store')
    return c.json(state, state.status === 'ready' || state.status === 'degraded' ? 200 : 503)
  })
  return app
}

/** The worst of what is known, draining before all. */
export function statusOf(state: Omit<Readiness, 'status'>, isDraining: boolean): Readiness['status'] {
  if (isDraining) return 'draining'
  if (!state.ledger.writable) return 'not ready'
  const isDegraded =
    state.storage.level !== 'ok' ||
    state.sources.problems.length > 0 ||
    state.config.problem !== undefined ||
    state.destinations.some(each => each.state !== 'up')
  return isDegraded ? 'degraded' : 'ready'
}
