import { createServer, type RequestListener } from 'node:http'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createHttpServer, listen } from '../../lib/http-server.ts'
import { createLog } from '../../lib/log.ts'
import { createAccessLog } from '../access-log.ts'
import type { AppEnv } from '../app.ts'
import { loadConfig } from '../config.ts'
import { requestId, securityHeaders } from '../edge.ts'
import { createFlags, flagNames } from '../flags.ts'
import { createMetrics } from '../metrics.ts'
import { methodLabel, routePattern } from '../routes.ts'
import { activeTrace } from '../tracing.ts'

// A server for `./fairlead bench`: `bench-server.ts node`, or `bench-server.ts hono` and the parts that stand around it,
// the innermost first. Each part does with the service's own modules what edge.ts does for it, and nothing more.

type Part = (next: RequestListener, app: Hono<AppEnv>) => RequestListener | Promise<RequestListener>

const config = loadConfig({})

const parts: Record<string, Part> = {
  metrics(next, app) {
    const metrics = createMetrics({ version: 'bench', revision: 'bench' })
    return (incoming, outgoing) => {
      const started = performance.now()
      const method = incoming.method ?? 'GET'
      const handler = routePattern(app, method, incoming.url ?? '/')
      outgoing.on('close', () => {
        const seconds = (performance.now() - started) / 1000
        metrics.requestEnded(handler, methodLabel(method), outgoing.statusCode, seconds)
      })
      next(incoming, outgoing)
    }
  },
  async flags(next) {
    const flags = await openFlags()
    return (incoming, outgoing) => {
      const context = () => ({ targetingKey: 'bench', route: '/', environment: 'local' })
      const counted = flags.isOn('metrics_enabled', context)
      const traced = flags.isOn('tracing_enabled', context)
      if (counted === true && traced === false) return next(incoming, outgoing)
      outgoing.writeHead(500).end('flags/flags.json switches metrics on and tracing off, and neither by a rule')
    }
  },
  log(next) {
    const { log } = createLog({ name: 'bench', level: 'info', traceIds: activeTrace })
    const ended = createAccessLog({ log, sample: 1 })
    return (incoming, outgoing) => {
      const started = performance.now()
      const exchange = { id: 'bench', handler: '/', method: 'GET', incoming, outgoing }
      outgoing.on('close', () => ended(exchange, outgoing.statusCode, (performance.now() - started) / 1000, undefined))
      next(incoming, outgoing)
    }
  },
  headers: next => (incoming, outgoing) => {
    outgoing.setHeaders(securityHeaders)
    next(incoming, outgoing)
  },
  ids: next => (incoming, outgoing) => {
    outgoing.setHeader('x-request-id', requestId(incoming.headers['x-request-id']))
    next(incoming, outgoing)
  },
  limits(next, app) {
    app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', bodyLimit({ maxSize: config.BODY_LIMIT_BYTES }))
    return next // the rest is in createHttpServer, below
  },
}

/** From a file, once flagd's provider has answered for each that it never changes by request. */
async function openFlags() {
  const file = fileURLToPath(new URL('../../flags/flags.json', import.meta.url))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const missing = new Set<string>(flagNames)
  const flags = createFlags({
    config: loadConfig({ FLAGD_OFFLINE_FLAG_SOURCE_PATH: file }),
    log: createLog({ name: 'bench', level: 'warn' }).log,
    onEvaluation({ flag, reason }) {
      if (reason !== 'STATIC') reject(new Error(`${file}: ${flag} has the reason ${reason}, expected STATIC`))
      missing.delete(flag)
      if (missing.size === 0) resolve()
    },
  })
  await promise
  return flags
}

const [base, ...names] = process.argv.slice(2)
const app = new Hono<AppEnv>()
let listener: RequestListener = getRequestListener(app.fetch)
if (base === 'node') {
  listener = (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8', 'content-length': 11 }).end('hello world')
  }
}
for (const name of names) {
  const part = parts[name]
  if (!part) throw new Error(`there is no part "${name}"; there are ${Object.keys(parts).join(', ')}`)
  listener = await part(listener, app)
}
app.get('/', c => c.text('hello world'))
const server = names.includes('limits')
  ? createHttpServer(listener, { requestTimeoutMs: config.REQUEST_TIMEOUT_MS })
  : createServer(listener)
await listen(server, Number(process.env.PORT), '127.0.0.1')
