import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Collector = AsyncDisposable & { url: string; exports: number }

/** An OTLP endpoint that takes everything and looks at nothing; it counts, so that a figure for tracing was one. */
export async function startCollector(): Promise<Collector> {
  const server = createServer((request, response) => {
    collector.exports += 1
    request.resume().on('end', () => response.setHeader('content-type', 'application/x-protobuf').end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // bound to TCP just above
  const collector = {
    url: `http://127.0.0.1:${port}`,
    exports: 0,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return collector
}
