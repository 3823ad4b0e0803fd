import { parseSecret, type SigningKey, sign } from '../../lib/standard-webhooks.ts'
import type { Message } from './message.ts'

/** The body of a webhook: type, time of the occurrence, data. Written once, so that what is signed is what is sent. */
export function webhookBody({ id: _, result, ...data }: Message, at: Date): string {
  return JSON.stringify({ type: `pipeline.${result}`, timestamp: at.toISOString(), data })
}

/** `now` is that of this try; the id is the same in each, so that a receiver knows a repetition. */
export function webhookHeaders(key: SigningKey, id: string, body: string, now: Date): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign([key], { id, timestamp, body: Buffer.from(body) }),
  }
}

export function readSecret(text: string | undefined): SigningKey {
  if (text === undefined) throw new Error('WEBHOOK_URL is set and WEBHOOK_SECRET is not; the webhook would be unsigned')
  try {
    return parseSecret(text)
  } catch (error) {
    throw new Error(`WEBHOOK_SECRET: ${(error as Error).message}`, { cause: error })
  }
}
