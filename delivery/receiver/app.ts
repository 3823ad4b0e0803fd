import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { problem } from '../../lib/problem.ts'
import type { Intake } from '../intake.ts'
import { OutboxUnavailable } from '../outbox/outbox.ts'
import { type Exchange, hint, type Log, type OnReception, refuse, unauthorized, unavailable } from './answers.ts'
import { type Body, createBodyReader, parseJson } from './body.ts'
import { BadEvent } from './fields.ts'
import { inTime } from './in-time.ts'
import type { Source } from './source.ts'

/** Flux gives up after 15 s in all: it shall hear "come again", not nothing, and still have the time to. */
const ANSWER_WITHIN_MS = 5000
const ALL_BODIES_BYTES = 64 * 1024 * 1024

export type ReceiverOptions = {
  /** Asked for each request, so that a reload needs nothing else. */
  sources: () => readonly Source[]
  intake: Pick<Intake, 'accept'>
  now: () => number
  log: Log
  onReception?: OnReception
  answerWithinMs?: number
  /** Of all bodies that are under way; one that does not fit is asked to come again. */
  allBodiesBytes?: number
}

/** Takes what sources post. Answers 202 when it is on disk; every path that no source has is a 404, so mount it last. */
export function createReceiver(options: ReceiverOptions): Hono {
  const { sources, log, onReception = () => {}, allBodiesBytes = ALL_BODIES_BYTES } = options
  const withBody = createBodyReader(allBodiesBytes)
  const app = new Hono()
  app.all('*', async c => {
    const source = sources().find(each => each.path === c.req.path)
    if (source === undefined) return problem(c, 404, 'not found', { detail: hint(sources()) })
    const started = performance.now()
    const ended: Exchange['ended'] = (reception, status) =>
      onReception(source.name, reception, status, (performance.now() - started) / 1000)
    const exchange = { c, source, log, ended }
    if (c.req.method !== 'POST') {
      c.header('allow', 'POST')
      return refuse(exchange, 'method', 405, 'method not allowed', `send to ${source.path} with POST`)
    }
    const credited = source.auth.judge(c.req.header('authorization'), c.req.header('x-signature'))
    if (credited === 'missing' || credited === 'refused') return unauthorized(exchange, credited, false)
    const mistake = typeMistake(c)
    if (mistake) return refuse(exchange, 'type', 415, 'expected content-type application/json', mistake)
    return await withBody(c.req.raw, source.maxBodyBytes, async body => {
      const verdict = body.kind === 'read' && credited !== 'accepted' ? credited.byBody(body.bytes) : 'accepted'
      return verdict === 'accepted' ? await take(exchange, body, options) : unauthorized(exchange, verdict, true)
    })
  })
  app.onError((error, c) => {
    log.error({ err: error }, 'the request failed')
    return problem(c, 500, 'internal server error')
  })
  return app
}

async function take(exchange: Exchange, body: Body, options: ReceiverOptions): Promise<Response> {
  const { source } = exchange
  switch (body.kind) {
    case 'read':
      return await accept(exchange, body.bytes, options)
    case 'too large':
      return refuse(exchange, 'too large', 413, 'content too large', `at most ${source.maxBodyBytes} bytes`)
    case 'busy':
      return unavailable(exchange, 'too many requests are under way')
    case 'broken':
      return refuse(exchange, 'malformed', 400, 'the body ended early')
    default:
      return body satisfies never
  }
}

async function accept(exchange: Exchange, bytes: Uint8Array, options: ReceiverOptions): Promise<Response> {
  const { c, source, ended } = exchange
  const json = parseJson(bytes)
  if (json === undefined) return refuse(exchange, 'malformed', 400, 'the body is not JSON', 'expected JSON in UTF-8')
  try {
    const events = source.parse(json.value, options.now())
    const accepted = options.intake.accept(events, onceOf(source, bytes))
    const { ids } = await inTime(accepted, options.answerWithinMs ?? ANSWER_WITHIN_MS)
    ended('accepted', 202)
    return c.json(source.type === 'flux' ? { id: ids[0] } : { ids }, 202)
  } catch (error) {
    if (error instanceof BadEvent) return refuse(exchange, 'malformed', 400, 'the event breaks a rule', error.message)
    if (!(error instanceof OutboxUnavailable)) {
      ended('failed', 500)
      throw error
    }
    options.log.warn({ err: error, source: source.name }, 'nothing was taken; the sender was asked to come again')
    return unavailable(exchange, 'the outbox cannot be written now')
  }
}

/** Flux has no event ids and sends the same bytes again when it did not hear our answer. */
function onceOf({ name, sameWithinMs }: Source, bytes: Uint8Array) {
  if (sameWithinMs === 0) return undefined
  return { key: `${name}/${createHash('sha256').update(bytes).digest('base64url')}`, forMs: sameWithinMs }
}

function typeMistake(c: Context): string | undefined {
  const type = c.req.header('content-type') ?? ''
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    return `got ${JSON.stringify(type.slice(0, 100))}`
  const encoding = c.req.header('content-encoding') ?? 'identity'
  return encoding === 'identity'
    ? undefined
    : `expected no content-encoding, got ${JSON.stringify(encoding.slice(0, 40))}`
}
