import { chosenIn, substitute } from './variables.ts'

type Panel = { title: string; targets?: { expr: string }[] }
type Dashboard = {
  title: string
  panels: Panel[]
  templating: { list: { name: string; definition?: string }[] }
  annotations: { list: { name: string; expr: string }[] }
}
type Answer = { status: string; error?: string; data?: { result?: { value?: [number, string] }[] | [number, string] } }

export type PanelOptions = {
  /** At least four times as long as scrapes are apart; 1m for the local stack's 15 s. */
  rateInterval?: string
  signal: AbortSignal
}

/**
 * Asks a live Prometheus every query of these dashboards (texts by file), with what they choose at first. One sentence for each
 * that it refuses, and for each panel or variable without data; an annotation has none while nothing fires.
 */
export async function checkPanels(
  url: string,
  dashboards: ReadonlyMap<string, string>,
  options: PanelOptions,
): Promise<string[]> {
  const { rateInterval = '1m', signal } = options
  const mistakes: string[] = []
  async function check(what: string, query: string, needsData: boolean): Promise<void> {
    const body = new URLSearchParams({ query })
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body, signal })
    const answer = (await response.json()) as Answer // Prometheus's HTTP API, which answers in this form also when it refuses
    if (answer.status !== 'success') mistakes.push(`${what}: ${answer.error}: ${query}`)
    else if (needsData && !hasData(answer)) mistakes.push(`${what}: there is no data for ${query}`)
  }
  for (const [file, text] of dashboards) {
    const chosen = { ...chosenIn(text), __rate_interval: rateInterval }
    const { panels, templating, annotations } = JSON.parse(text) as Dashboard // toolkit/slo/dashboards/schema.ts holds the shape
    for (const { title, targets = [] } of panels) {
      for (const { expr } of targets) await check(`${file}: ${title}`, substitute(expr, chosen), true)
    }
    for (const { name, definition } of templating.list) {
      const [, of, label] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? []
      if (of !== undefined)
        await check(`${file}: variable ${name}`, substitute(`group by (${label}) (${of})`, chosen), true)
    }
    for (const { name, expr } of annotations.list) await check(`${file}: ${name}`, substitute(expr, chosen), false)
  }
  return mistakes
}

/** What is no number at any place cannot be drawn. */
function hasData({ data }: Answer): boolean {
  const result = data?.result ?? []
  return result.some(each => typeof each === 'object' && each.value !== undefined && each.value[1] !== 'NaN')
}
