import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export type Answers = Readonly<Record<string, unknown>>

export const sample = (value: string, metric = {}) => ({ metric, value: [0, value] })
export const success = (...result: unknown[]) => ({ status: 'success', data: { resultType: 'vector', result } })

/** Answers queries as Prometheus does: with what is given for them, with nothing for any other. */
export async function startPrometheus(t: TestContext, answers: Answers): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const query = new URLSearchParams(body).get('query') ?? ''
    asked.push(query)
    response.end(JSON.stringify(answers[query] ?? success()))
  })
  t.after(() => void server.close().closeAllConnections())
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked } // it listens on a port
}
