import { foreignMetrics } from './foreign.ts'

type Answer = { status: string; data?: { result?: { metric: Record<string, string> }[] } }

/** Asks a live Prometheus for each metric of foreign.ts. One sentence for each that is not there, or has not its labels. */
export async function checkForeign(url: string, signal: AbortSignal): Promise<string[]> {
  const check = async ([metric, { labels }]: [string, { labels: readonly string[] }]): Promise<string[]> => {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: metric }),
      signal,
    })
    const { data } = (await response.json()) as Answer // Prometheus's HTTP API
    const series = data?.result ?? []
    if (series.length === 0) return [`toolkit/telemetry/foreign.ts: ${metric}: there is no such series`]
    const missing = labels.filter(label => !series.some(each => label in each.metric))
    return missing.map(label => `toolkit/telemetry/foreign.ts: ${metric}: no series has the label ${label}`)
  }
  return (await Promise.all(Object.entries(foreignMetrics).map(check))).flat()
}
