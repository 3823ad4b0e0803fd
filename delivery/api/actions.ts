import type { Context, Hono } from 'hono'
import * as v from 'valibot'
import { problem } from '../../lib/problem.ts'
import type { ApiOptions } from '../api.ts'
import type { Filter } from '../outbox/outbox.ts'
import { parseSelection } from './filter.ts'

/** Many that are replayed at once are spread, so that whoever gets them is not flooded. */
const SPREAD_MS_EACH = 100
const SPREAD_MS_MOST = 3_600_000

const Pause = v.strictObject({
  reason: v.pipe(v.string(), v.trim(), v.minLength(1, 'say why'), v.maxLength(500, 'expected at most 500 characters')),
})

/** Everything that changes something; each is logged, because it was somebody's decision. */
export function addActions(app: Hono, { outbox, destinations, now, wake, log }: ApiOptions): void {
  const replay = async (c: Context, filter: Filter & { messageId?: string }) => {
    const dead = (await outbox.counts())
      .filter(each => each.state === 'dead')
      .reduce((sum, each) => sum + each.count, 0)
    const spreadMs = filter.messageId === undefined ? Math.min(dead * SPREAD_MS_EACH, SPREAD_MS_MOST) : 0
    const count = await outbox.replay(filter, now(), spreadMs)
    log.info({ filter, count }, 'replayed by an operator')
    if (count > 0) wake()
    return c.json({ count, spreadMs })
  }
  const discard = async (c: Context, filter: Filter & { messageId?: string }) => {
    const count = await outbox.discard(filter, now())
    log.info({ filter, count }, 'discarded by an operator')
    return c.json({ count })
  }

  app.post('/api/messages/:id/replay', async c => replay(c, { messageId: c.req.param('id'), ...ofOne(c) }))
  app.post('/api/messages/:id/discard', async c => discard(c, { messageId: c.req.param('id'), ...ofOne(c) }))
  app.post('/api/replay', async c => {
    const { filter, mistakes } = parseSelection(await jsonOf(c))
    return mistakes ? wrong(c, mistakes) : replay(c, filter)
  })
  app.post('/api/discard', async c => {
    const { filter, mistakes } = parseSelection(await jsonOf(c))
    // What still waits for its time is discarded only when its state is named.
    return mistakes ? wrong(c, mistakes) : discard(c, { state: 'dead', ...filter })
  })

  const isKnown = async (name: string) => (await destinations()).some(each => each.name === name)
  const unknown = (c: Context) => problem(c, 404, 'there is no such destination')
  app.post('/api/destinations/:name/pause', async c => {
    const destination = c.req.param('name')
    const { success, output, issues } = v.safeParse(Pause, await jsonOf(c))
    if (!success)
      return wrong(
        c,
        issues.map(issue => `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`),
      )
    if (!(await isKnown(destination))) return unknown(c)
    await outbox.pause(destination, output.reason, now())
    log.info({ destination, reason: output.reason }, 'paused by an operator')
    return c.json({ paused: true })
  })
  app.post('/api/destinations/:name/resume', async c => {
    const destination = c.req.param('name')
    // One that was taken out of the configuration can be resumed, too: its deliveries may wait for it.
    await outbox.resume(destination, now())
    log.info({ destination }, 'resumed by an operator')
    wake()
    return c.json({ paused: false })
  })
}

/** One message may have several destinations, and only one of them to be touched. */
const ofOne = (c: Context): Filter => {
  const destination = c.req.query('destination')
  return destination === undefined ? {} : { destination }
}

const wrong = (c: Context, mistakes: string[]) =>
  problem(c, 400, 'the request is wrong', { detail: mistakes.join('; ') })

/** Undefined when the body is not JSON. */
async function jsonOf(c: Context): Promise<unknown> {
  return c.req.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined
    throw error // too large, or the client left
  })
}
