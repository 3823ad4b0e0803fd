import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Logger } from 'pino'
import { bearerOf } from '../lib/bearer.ts'
import { problem } from '../lib/problem.ts'
import { addActions } from './api/actions.ts'
import { parseListing } from './api/filter.ts'
import type { DestinationHealth } from './health.ts'
import type { Outbox } from './outbox/outbox.ts'

export type ApiOptions = {
  token: string | undefined
  outbox: Outbox
  destinations: () => Promise<DestinationHealth[]>
  now: () => number
  /** Tells the dispatcher that there is something to do. */
  wake: () => void
  log: Pick<Logger, 'info'>
}

const BODY_LIMIT_BYTES = 16 * 1024

/** What an operator asks and tells (docs/delivery.md); without a token there is no API. */
export function apiRoutes(options: ApiOptions) {
  const { token, outbox, destinations } = options
  const app = new Hono()
  if (token === undefined) return app
  const isOperator = bearerOf(token)
  app.use('/api/*', async (c, next) => {
    c.header('cache-control', 'no-store')
    if (isOperator(c.req.header('authorization'))) return await next()
    c.header('www-authenticate', 'Bearer')
    return problem(c, 401, 'a valid bearer token is required', { detail: 'it is DELIVERY_API_TOKEN' })
  })
  app.use('/api/*', bodyLimit({ maxSize: BODY_LIMIT_BYTES, onError: c => problem(c, 413, 'content too large') }))

  app.get('/api/messages', async c => {
    const { filter, page, mistakes } = parseListing(c.req.query())
    if (mistakes) return problem(c, 400, 'the query is wrong', { detail: mistakes.join('; ') })
    const items = filter ? await outbox.list(filter) : (await outbox.listUnmatched(page)).map(message => ({ message }))
    const { limit = 0 } = filter ?? page
    // A message is never split between pages, so its id says where the next one begins.
    const next = items.length >= limit ? items.at(-1)?.message.id : undefined
    return c.json({ items, ...(next !== undefined && { next }) })
  })
  app.get('/api/messages/:id', async c => {
    const found = await outbox.find(c.req.param('id'))
    return found ? c.json(found) : problem(c, 404, 'there is no such message')
  })
  app.get('/api/destinations', async c => c.json({ items: await destinations() }))
  addActions(app, options)
  return app
}
