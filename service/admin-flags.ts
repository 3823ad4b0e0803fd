import { type Context, Hono } from 'hono'
import { bearerOf } from '../lib/bearer.ts'
import { problem } from '../lib/problem.ts'
import type { AppEnv } from './app.ts'
import type { Config } from './config.ts'
import { type Flags, type FlagValues, flagNames, isFlagName } from './flags.ts'

type Options = { flags: Flags; config: Pick<Config, 'ADMIN_FLAGS_TOKEN' | 'ENVIRONMENT'> }

/** Reads and overrides flags of this one process: for a developer, a test or a drill. Never published (docs/adr/0005). */
export function adminFlagRoutes({ flags, config }: Options): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  const isAdmin = bearerOf(config.ADMIN_FLAGS_TOKEN)

  app.use('/admin/flags/*', async (c, next) => {
    c.header('cache-control', 'no-store')
    if (!isAdmin(c.req.header('authorization'))) {
      c.header('www-authenticate', 'Bearer')
      return problem(c, 401, 'a valid bearer token is required')
    }
    if (c.req.method === 'POST' && config.ENVIRONMENT === 'prod')
      return problem(c, 403, 'overrides are refused in prod')
    return await next()
  })

  app.get('/admin/flags', c => c.json(flags.describe()))

  app.post('/admin/flags', async c => {
    const values = parseValues(await jsonOf(c))
    if (typeof values === 'string') return problem(c, 400, 'the flags cannot be set', { detail: values })
    flags.overrides.set(values)
    return c.json(flags.describe())
  })

  app.post('/admin/flags/reset', c => {
    flags.overrides.reset()
    return c.json(flags.describe())
  })

  return app
}

/** Undefined when the body is not JSON. */
async function jsonOf(c: Context): Promise<unknown> {
  return c.req.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined
    throw error // too large, or the client left
  })
}

/** The flags to override, or the rule that is broken. */
function parseValues(body: unknown): FlagValues | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return 'expected a JSON object of flags, such as {"tracing_enabled": true}'
  }
  const values: FlagValues = {}
  for (const [flag, value] of Object.entries(body)) {
    if (!isFlagName(flag))
      return `unknown flag ${JSON.stringify(flag).slice(0, 100)}; expected one of ${flagNames.join(', ')}`
    if (typeof value !== 'boolean') return `${flag}: expected true or false, got ${JSON.stringify(value).slice(0, 100)}`
    values[flag] = value
  }
  return values
}
