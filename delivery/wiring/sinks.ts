import { readFileSync } from 'node:fs'
import type { DestinationSettings } from '../config/destinations.ts'
import type { ReadSecret, SecretRef } from '../config/secrets.ts'
import { createConsoleSink } from '../sinks/console.ts'
import type { ConnectionOptions, SinkTools } from '../sinks/http-sink.ts'
import { createPushoverSink, type Quota } from '../sinks/pushover.ts'
import type { Sink } from '../sinks/sink.ts'
import { createSlackSink } from '../sinks/slack.ts'
import { createWebhookSink } from '../sinks/webhook.ts'

/** What sinks are handed, and what hears from them. */
export type WiringTools = SinkTools & { onQuota?: (destination: string, quota: Quota) => void }

/** The sink of one destination. What it needs and does not get (a secret, a CA file) makes it a broken one that says why. */
export function createSink(name: string, settings: Complete, readSecret: ReadSecret, tools: WiringTools): Sink {
  try {
    return create(name, settings, readSecret, tools)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    tools.log.error({ destination: name, problem }, 'this destination cannot work as it is configured')
    return { problem, send: async () => ({ ...later, answer: problem }), close: async () => {} }
  }
}

const later = { kind: 'retry', schedule: 'configuration', class: 'internal' } as const

function create(name: string, settings: Complete, readSecret: ReadSecret, tools: WiringTools): Sink {
  if (settings.type === 'console') return createConsoleSink({ name }, tools)
  const read = (ref: string | SecretRef) => (typeof ref === 'string' ? ref : readSecret(ref))
  const connection = connectionOf(name, settings)
  switch (settings.type) {
    case 'pushover': {
      const { device, sound, repeatEvery, repeatFor } = settings
      return createPushoverSink(
        {
          ...connection,
          userKey: read(settings.userKey),
          apiToken: read(settings.token),
          url: read(settings.url),
          priorities: defined(settings.priorities),
          retry: repeatEvery / 1000,
          expire: repeatFor / 1000,
          onQuota: quota => tools.onQuota?.(name, quota),
          ...defined({ device, sound }),
        },
        tools,
      )
    }
    case 'webhook': {
      const { url, method, format, bodySignatures, headerPrefix, token, bodySecret } = settings
      if (url === undefined) throw new Error('url: is missing')
      return createWebhookSink(
        {
          ...connection,
          url: read(url),
          method,
          format,
          bodySignatures,
          signingKeys: settings.signingKeys.map(ref => ({
            secret: read(ref),
            ...(ref.until !== undefined && { until: Date.parse(ref.until) }),
          })),
          headers: Object.fromEntries(Object.entries(settings.headers).map(([key, value]) => [key, read(value)])),
          ...defined({
            headerPrefix,
            token: token && read(token),
            bodySecret: bodySecret && read(bodySecret),
          }),
        },
        tools,
      )
    }
    case 'slack':
      return createSlackSink({ ...connection, url: read(settings.url) }, tools)
  }
  settings satisfies never
}

/** With `dispatcher.concurrency` where the destination itself says nothing. */
type Complete = DestinationSettings & { concurrency: number }
type Http = Exclude<Complete, { type: 'console' }>

/** Who names an address in the environment of the process means it, wherever it is. */
function connectionOf(name: string, settings: Http): ConnectionOptions {
  const { url, concurrency, timeout, connectTimeout, allowAddresses, insecureSkipVerify, caFile } = settings
  const trusted = typeof url === 'object' && url.env !== undefined
  return {
    ...{ name, concurrency, allowAddresses, insecureSkipVerify, trusted },
    timeoutMs: timeout,
    connectTimeoutMs: connectTimeout,
    ...(caFile !== undefined && { ca: readCertificates(caFile) }),
  }
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(`caFile: cannot read "${file}" (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

/** Without the keys that hold nothing, as exactOptionalPropertyTypes wants it. */
const defined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  } // the same keys, fewer of them
