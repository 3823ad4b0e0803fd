import type { TestContext } from 'node:test'
import { createPushoverSink, type PushoverOptions } from '../sinks/pushover.ts'
import { firstAttempt, local, sampleMessage, sinkTools } from './sink.ts'
import { answer, startSinkServer } from './sink-server.ts'

export const userKey = 's3cr3t-user-key-0001'
export const apiToken = 's3cr3t-api-token-0001'
const fine = answer(200, '{"status":1,"request":"647d2300"}')

/** A server in place of Pushover, content with everything until it is told otherwise, and a sink that sends to it. */
export async function startPushover(t: TestContext, options: Partial<PushoverOptions> = {}) {
  const server = await startSinkServer(t)
  server.behave(fine)
  const tools = sinkTools()
  const sink = createPushoverSink({ ...local, userKey, apiToken, url: server.url, ...options }, tools)
  t.after(() => sink.close())
  const send = (over = {}) => sink.send(sampleMessage(over), firstAttempt())
  const form = () => Object.fromEntries(new URLSearchParams(String(server.received.at(-1)?.body)))
  return { server, tools, sink, send, form }
}
