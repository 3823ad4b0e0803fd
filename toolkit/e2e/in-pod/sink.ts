// A destination that takes everything and counts how often each message came, by the object that it is about: POST anywhere
// delivers; GET answers {"<name>": <count>}.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const counts: Record<string, number> = {}

const server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    const { data } = JSON.parse(await text(request))
    const name = String(data?.resource?.name)
    counts[name] = (counts[name] ?? 0) + 1
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(request.method === 'POST' ? '{}' : JSON.stringify(counts))
})
server.listen(8080)
process.on('SIGTERM', () => process.exit(0))
