import type { Logger } from 'pino'
import type { Message } from '../message.ts'
import { createBrokenSink } from './broken.ts'
import { createHttpClient, type HttpClient, type HttpOptions } from './http-client.ts'
import type { Resolve } from './lookup.ts'
import type { Attempt, Outcome, Sink } from './sink.ts'

/** What every sink is handed. `resolve` is another way to look up hosts. */
export type SinkTools = { log: Logger; now: () => number; resolve?: Resolve }

/** What may be said about the connection of any destination; its name is for the log. */
export type ConnectionOptions = Partial<Omit<HttpOptions, 'url'>> & { name: string }

const defaults = {
  concurrency: 8,
  connectTimeoutMs: 5000,
  timeoutMs: 15_000,
  allowAddresses: [],
  trusted: false,
  insecureSkipVerify: false,
}

type Send = (client: HttpClient, message: Message, attempt: Attempt) => Promise<Outcome>

/**
 * A sink over one client. A wrong URL throws nothing: it leaves its destination degraded, its messages waiting on the
 * slow schedule until somebody corrects it, and everything else running.
 */
export function createHttpSink(
  url: string,
  { name, ...options }: ConnectionOptions,
  tools: SinkTools,
  send: Send,
): Sink {
  const settings = { ...defaults, ...options, url }
  const log = tools.log.child({ destination: name })
  try {
    const client = createHttpClient(settings, tools.resolve)
    if (settings.insecureSkipVerify) {
      log.warn('TLS IS NOT VERIFIED: anybody on the way can read and change what is sent here')
    }
    return {
      timeoutMs: settings.timeoutMs,
      send: (message, attempt) => send(client, message, attempt),
      close: async () => client.close(),
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    log.error({ problem }, 'this destination cannot work as it is configured')
    return createBrokenSink(problem)
  }
}

/** What of a URL may itself be what lets a sender in: its path and its query. */
export function secretParts(url: string): string[] {
  if (!URL.canParse(url)) return [url]
  const { href, pathname, search, searchParams } = new URL(url)
  return [url, href, `${pathname}${search}`, pathname, search, ...searchParams.values()].filter(
    part => part.length >= 8,
  )
}
