import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { listen } from '../../lib/http-server.ts'

// For `./fairlead bench delivery`: `bench-sink.ts <delay in ms>` takes every POST and answers 200 after that time. GET
// tells how many it has answered and, on a clock of its own, when the first one came and the last one went.

const delayMs = Number(process.argv[2] ?? 0)
const seen = { count: 0, firstMs: 0, lastMs: 0 }

const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(JSON.stringify(seen))
  seen.firstMs ||= performance.now()
  request.resume().on('end', async () => {
    if (delayMs > 0) await delay(delayMs)
    response.end(() => {
      seen.count += 1
      seen.lastMs = performance.now()
    })
  })
})
await listen(server, Number(process.env.PORT), '127.0.0.1')
