// Keep-alive clients that ask one question after the other until SIGTERM: load.ts <url> <clients>. Each second, and at the
// end, a line of JSON says how many answers there were, and what every failure was.
import { Agent, get } from 'node:http'

const [url = '', clients = '50'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(clients) })
const failures: Record<string, number> = {}
let answers = 0
let isStopping = false

process.on('SIGTERM', () => {
  isStopping = true
})
const telling = setInterval(tell, 1000)
await Promise.all(Array.from({ length: Number(clients) }, client))
clearInterval(telling)
agent.destroy()
tell()

async function client(): Promise<void> {
  while (!isStopping) {
    const failure = await ask().then(
      status => (status === 200 ? undefined : `answered ${status}`),
      (error: Error) => error.message,
    )
    if (failure === undefined) answers += 1
    else failures[failure] = (failures[failure] ?? 0) + 1
  }
}

function ask(): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: 30_000 }, response => {
      response.on('end', () => resolve(response.statusCode ?? 0)).on('error', reject)
      response.resume()
    })
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer within 30 s')))
  })
}

function tell(): void {
  process.stdout.write(`${JSON.stringify({ answers, failures })}\n`)
}
