import type { Message, Severity } from '../message.ts'
import type { Answer } from './http-client.ts'
import { type ConnectionOptions, createHttpSink, type SinkTools } from './http-sink.ts'
import { formOf, type Priority, type PushoverSettings } from './pushover-form.ts'
import type { AnswerClass, Outcome, Sink } from './sink.ts'
import { describe, outcomeOf, verdictOf } from './status.ts'
import { createRedactor } from './text.ts'

/** What is left of the account's messages this month. `resetAt` is in seconds since the epoch. */
export type Quota = { limit: number; remaining: number; resetAt: number }

export type PushoverOptions = ConnectionOptions &
  Partial<Omit<PushoverSettings, 'priorities'>> & {
    userKey: string
    apiToken: string
    /** Of the API: its root or the whole address. */
    url?: string
    priorities?: Partial<Record<Severity, Priority>>
    onQuota?: (quota: Quota) => void
  }

const defaultPriorities: Record<Severity, Priority> = { info: -1, warning: 0, error: 1, critical: 1 }

// https://pushover.net/api#friendly
const maxConnections = 2
const serverErrorDelayMs = 5000

/** Throws for an option that Pushover would refuse with every message. */
export function createPushoverSink(options: PushoverOptions, tools: SinkTools): Sink {
  const { userKey, apiToken, url = 'https://api.pushover.net', priorities, onQuota, ...rest } = options
  const { device, sound, retry = 60, expire = 3600, ...connection } = rest
  const settings: PushoverSettings = {
    ...{ retry, expire, priorities: { ...defaultPriorities, ...priorities } },
    ...(device !== undefined && { device }),
    ...(sound !== undefined && { sound }),
  }
  checkSettings(settings)
  const redact = createRedactor([userKey, apiToken])
  const limited = { ...connection, concurrency: Math.min(connection.concurrency ?? maxConnections, maxConnections) }
  const bodyOf = (message: Message) =>
    Buffer.from(new URLSearchParams({ token: apiToken, user: userKey, ...formOf(message, settings) }).toString())
  const sink = createHttpSink(endpointOf(url), limited, tools, async (client, message, { signal }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const result = await client.send({ method: 'POST', headers, body: bodyOf(message), signal })
    if (result.kind === 'failed') return { ...outcomeOf(result, redact, tools.now()), atLeastMs: serverErrorDelayMs }
    const quota = quotaOf(result)
    if (quota !== undefined) onQuota?.(quota)
    return answerOutcome(result, describe(result, redact))
  })
  return { ...sink, maxConcurrency: maxConnections }
}

/**
 * Success is 200 and `status` 1. Whatever else was understood and refused is never sent again, or Pushover closes its
 * door to this address; only its own errors are repeated, and not at once.
 */
function answerOutcome(result: Answer, answer: string): Outcome {
  const { status, complete } = result
  const again = { kind: 'retry', schedule: 'normal', atLeastMs: serverErrorDelayMs, answer } as const
  if (status === 200) {
    if (readStatus(result.body) === 1) return { kind: 'delivered', class: 'success', answer }
    return complete
      ? { kind: 'rejected', class: refusalOf(result.body, 'refused'), answer }
      : { ...again, class: 'network' }
  }
  if (status >= 500) return { ...again, class: 'server' }
  const { kind, class: meant } = verdictOf(status)
  return { kind: 'rejected', class: refusalOf(result.body, kind === 'delivered' ? 'refused' : meant), answer }
}

/** A wrong key or token is for a person to correct, so it counts as one of the access. */
const refusalOf = (body: string, otherwise: AnswerClass): AnswerClass =>
  /"(token|user)"\s*:\s*"invalid"/.test(body) ? 'auth' : otherwise

function readStatus(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && 'status' in parsed ? parsed.status : undefined
  } catch {
    return undefined // no JSON: not Pushover's answer
  }
}

function quotaOf({ headers }: Answer): Quota | undefined {
  const read = (name: string) => Number(headers[`x-limit-app-${name}`] ?? Number.NaN)
  const quota = { limit: read('limit'), remaining: read('remaining'), resetAt: read('reset') }
  return Object.values(quota).every(Number.isFinite) ? quota : undefined
}

function endpointOf(url: string): string {
  if (!URL.canParse(url)) return url
  return new URL(url).pathname === '/' ? `${url.replace(/\/$/, '')}/1/messages.json` : url
}

function checkSettings({ priorities, retry, expire, device }: PushoverSettings) {
  if (Object.values(priorities).includes(2) && !(retry >= 30 && expire > 0 && expire <= 10_800)) {
    throw new Error(
      `priority 2 needs retry of at least 30 and expire of at most 10800 seconds, got ${retry} and ${expire}`,
    )
  }
  if (device !== undefined && !/^[\w-]{1,25}(,[\w-]{1,25})*$/.test(device)) {
    throw new Error(`device: expected names of 1 to 25 letters, digits, _ and -, got "${device}"`)
  }
}
