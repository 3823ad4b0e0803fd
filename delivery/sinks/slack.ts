import type { Answer } from './http-client.ts'
import { type ConnectionOptions, createHttpSink, type SinkTools, secretParts } from './http-sink.ts'
import type { Outcome, Sink } from './sink.ts'
import { payloadOf } from './slack-payload.ts'
import { describe, outcomeOf } from './status.ts'
import { createRedactor } from './text.ts'

/** `url` of the incoming webhook is itself the secret. */
export type SlackOptions = ConnectionOptions & { url: string }

export function createSlackSink({ url, ...connection }: SlackOptions, tools: SinkTools): Sink {
  const parts = URL.canParse(url) ? new URL(url).pathname.split('/').filter(part => part.length >= 8) : []
  const redact = createRedactor([...secretParts(url), ...parts])
  return createHttpSink(url, connection, tools, async (client, message, { signal }) => {
    const body = Buffer.from(JSON.stringify(payloadOf(message)))
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    const result = await client.send({ method: 'POST', headers, body, signal })
    const outcome = outcomeOf(result, redact, tools.now())
    if (result.kind === 'failed' || outcome.kind !== 'delivered') return outcome
    return acceptedOutcome(result, describe(result, redact))
  })
}

/** A 2xx is a success only when its body says so: `ok` from an incoming webhook, `{"ok":true}` from Slack's other methods. */
function acceptedOutcome({ body, complete }: Answer, answer: string): Outcome {
  if (!complete) return { kind: 'retry', schedule: 'normal', class: 'network', answer }
  if (body.trim() === 'ok' || /"ok"\s*:\s*true/.test(body)) return { kind: 'delivered', class: 'success', answer }
  if (/rate_?limited/.test(body)) return { kind: 'retry', schedule: 'overload', class: 'throttled', answer }
  if (/invalid_auth|not_authed|account_inactive|token_revoked|token_expired|no_service/.test(body)) {
    return { kind: 'retry', schedule: 'configuration', class: 'auth', answer }
  }
  return { kind: 'rejected', class: 'refused', answer }
}
