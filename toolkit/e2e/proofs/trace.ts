import { randomUUID } from 'node:crypto'
import { NotRun } from '../../not-run.ts'
import { setFlag } from '../flags.ts'
import { ask, askJson, postJson } from '../http.ts'
import type { Proof } from '../proof.ts'
import type { Stack } from '../stack.ts'
import { until } from '../until.ts'

type Tag = { key: string; value: unknown }
type Trace = { spans: { operationName: string; tags: Tag[] }[] }

/** One request: its trace id in the log line, in the exemplar beside its latency, and in Jaeger with the SQL it ran. */
export const trace: Proof = {
  name: 'trace',
  async run(stack, signal) {
    for (const needed of ['collector', 'jaeger'])
      if (stack.without.includes(needed)) throw new NotRun(`the image of ${needed} cannot be had`)
    await setFlag(stack, 'tracing_enabled', 'on')
    const { url } = stack
    const created = await postJson(`${url('service')}/users`, { email: `${randomUUID()}@example.com` })
    const { id: user } = (await created.json()) as { id: string } // as service/orders answers
    const { traceId, exemplar } = await until(
      'a request that is traced, with its trace id in the log and as an exemplar',
      () => tracedRequest(stack, `${url('service')}/users/${user}/orders`),
      found => found.traceId !== undefined && found.exemplar !== undefined,
      { signal },
    )
    const sql = await until(
      `trace ${traceId} in Jaeger, with SQL`,
      () => statements(`${url('jaeger')}/api/traces/${traceId}`),
      found => found.length > 0,
      { signal },
    )
    await until(
      `${traceId} among the exemplars of Prometheus`,
      async () => (await ask(`${url('prometheus')}/api/v1/query_exemplars?${recent()}`)).text(),
      text => text.includes(traceId ?? '-'),
      { signal },
    )
    return `${traceId}: log line, exemplar (${exemplar}), Prometheus, Jaeger with ${sql.join(', ')}`
  },
}

/** Both are undefined until the service has seen the flag and started to trace. */
async function tracedRequest(stack: Stack, url: string) {
  const requestId = randomUUID()
  await ask(url, { headers: { 'x-request-id': requestId } })
  const accept = 'application/openmetrics-text; version=1.0.0'
  const metrics = await (await ask(`${stack.url('service')}/metrics`, { headers: { accept } })).text()
  const line = (await stack.lines('service')).find(each => each.includes(requestId))
  const { trace_id: traceId } = JSON.parse(line ?? '{}') as { trace_id?: string } // a line of the access log
  const bucket = metrics.split('\n').find(each => traceId !== undefined && each.includes(`trace_id="${traceId}"`))
  return { traceId, exemplar: /handler="[^"]*"/.exec(bucket ?? '')?.[0] }
}

/** Names of the spans that are statements of a database; none while Jaeger has not got the trace. */
async function statements(url: string): Promise<string[]> {
  const { data } = await askJson<{ data: Trace[] }>(url)
  const spans = data.flatMap(each => each.spans)
  return spans.filter(({ tags }) => tags.some(({ key }) => key.startsWith('db.'))).map(each => each.operationName)
}

function recent(): URLSearchParams {
  const now = Date.now() / 1000
  return new URLSearchParams({
    query: 'http_request_duration_seconds_bucket',
    start: String(now - 600),
    end: String(now + 60),
  })
}
