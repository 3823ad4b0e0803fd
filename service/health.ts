import { Hono } from 'hono'
import type { AppEnv, Dependencies } from './app.ts'
import { createSchemaCheck, type SchemaState } from './schema.ts'

type DatabaseState = SchemaState | { status: 'not configured' }

/** Liveness says that this process answers, and asks nothing of anybody: a remote outage must not restart the fleet. */
export function healthRoutes({
  config,
  database,
  isDraining,
}: Pick<Dependencies, 'config' | 'database' | 'isDraining'>) {
  const app = new Hono<AppEnv>()
  const checkSchema = createSchemaCheck(database)
  app.get('/livez', c => c.json({ status: 'alive' }))
  app.get('/readyz', async c => {
    const state: DatabaseState = database.configured ? await checkSchema() : { status: 'not configured' }
    const status = isDraining() ? 'draining' : readiness(state, config.READINESS_DATABASE)
    c.header('cache-control', 'no-store')
    return c.json({ status, database: state }, status === 'ready' || status === 'degraded' ? 200 : 503)
  })
  return app
}

/**
 * `degrade`: a lost database is told but the pod stays in its Service, because taking every pod out at once only changes
 * a 503 with a reason into a refused connection. `fail` takes it out. A schema older than this code is refused by both:
 * the new version must not take traffic before its migrations ran.
 */
function readiness(database: DatabaseState, policy: 'degrade' | 'fail'): 'ready' | 'degraded' | 'not ready' {
  switch (database.status) {
    case 'ok':
    case 'not configured':
      return 'ready'
    case 'unreachable':
      return policy === 'degrade' ? 'degraded' : 'not ready'
    case 'older':
      return 'not ready'
  }
}
