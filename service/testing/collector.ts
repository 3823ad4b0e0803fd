import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type CollectedSpan, decodeSpans } from './otlp.ts'

export type Collector = {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string
  port: number
  spans: CollectedSpan[]
  /** Every export that arrived, those that were refused included. */
  requests: { path: string; headers: IncomingHttpHeaders }[]
  /** hang: reads the request and does not answer; error: answers 500, which an exporter must not send again. */
  mode: 'ok' | 'hang' | 'error'
  /** Answers what hangs as the mode of now says. */
  release(): void
  /** Resolves as soon as the condition holds (a number: at least so many spans), at the latest when an export arrives. */
  waitFor(condition: number | (() => boolean)): Promise<void>
  /** Goes away with its connections; what is sent then finds nobody. */
  stop(): Promise<void>
}

const DEADLINE_MS = 30_000

/** A real OTLP http/protobuf endpoint on the loopback, which decodes what arrives. Stopped when the test ends. */
export async function startCollector(t: TestContext, { port = 0 }: { port?: number } = {}): Promise<Collector> {
  const waiting = new Set<() => void>()
  const hanging: (() => void)[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    collector.requests.push({ path: request.url ?? '', headers: request.headers })
    const answer = () => {
      if (collector.mode === 'ok') collector.spans.push(...decodeSpans(body))
      response.writeHead(collector.mode === 'ok' ? 200 : 500, { 'content-type': 'application/x-protobuf' }).end()
    }
    if (collector.mode === 'hang') hanging.push(answer)
    else answer()
    for (const check of waiting) check()
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo // listening on TCP
  const collector: Collector = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    spans: [],
    requests: [],
    mode: 'ok',
    waitFor(condition) {
      const holds = typeof condition === 'number' ? () => collector.spans.length >= condition : condition
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const check = () => holds() && resolve()
      const names = () => collector.spans.map(span => span.name).slice(0, 20)
      const timer = setTimeout(() => {
        reject(
          new Error(`not within ${DEADLINE_MS} ms; ${collector.spans.length} spans arrived: ${names().join(', ')}`),
        )
      }, DEADLINE_MS)
      waiting.add(check)
      check()
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(check)
      })
    },
    release() {
      for (const answer of hanging.splice(0)) answer()
    },
    async stop() {
      if (!server.listening) return
      if (collector.mode === 'hang') collector.mode = 'error'
      collector.release() // a connection that is cut would be tried again, and keep a test's process alive for that long
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  t.after(() => collector.stop())
  return collector
}
