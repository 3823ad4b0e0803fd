import { Agent, get } from 'node:http'

export type Tally = { answers: number; failures: string[] }

const CLIENTS = 50

/** Keep-alive clients that ask one question after the other, until they are told to stop; every failure is kept. */
export function startLoad(url: string): { tally: Tally; stop(): Promise<Tally> } {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const tally: Tally = { answers: 0, failures: [] }
  let stopped = false
  const client = async () => {
    while (!stopped) {
      try {
        const status = await ask(url, agent)
        if (status === 200) tally.answers += 1
        else tally.failures.push(`answered ${status}`)
      } catch (error) {
        tally.failures.push(error instanceof Error ? error.message : String(error))
      }
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, client))
  return {
    tally,
    async stop() {
      stopped = true
      await clients
      agent.destroy()
      return tally
    },
  }
}

const ask = (url: string, agent: Agent) =>
  new Promise<number>((resolve, reject) => {
    const request = get(url, { agent, timeout: 30_000 }, response => {
      response.on('end', () => resolve(response.statusCode ?? 0)).on('error', reject)
      response.resume()
    })
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer within 30 s')))
  })
