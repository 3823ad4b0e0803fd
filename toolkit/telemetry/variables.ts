/** What Grafana puts in for its own variables. */
const intervals: Record<string, string> = { __rate_interval: '5m', __interval: '1m', __range: '1h' }

type Chosen = Readonly<Record<string, string>>

/** What a dashboard chooses when it is opened; where that is everything, nothing is named. */
export function chosenIn(dashboard: string): Chosen {
  type Variable = { name: string; current?: { value?: string[] } }
  const { templating } = JSON.parse(dashboard) as { templating?: { list: Variable[] } } // Grafana's, and a lint holds it
  return Object.fromEntries(
    (templating?.list ?? []).flatMap(({ name, current }) => {
      const values = current?.value ?? []
      return values.length === 0 || values.includes('$__all') ? [] : [[name, values.join('|')]]
    }),
  )
}

/** A query of a dashboard as Prometheus gets it; of what is not chosen everything is taken. */
export const substitute = (query: string, chosen: Chosen): string =>
  query.replace(
    /\$\{(\w+)(?::\w+)?\}|\$([a-zA-Z_]\w*)|\[\[(\w+)\]\]/g,
    (_, braced?: string, plain?: string, old?: string) => {
      const name = braced ?? plain ?? old ?? ''
      return chosen[name] ?? intervals[name] ?? '.+'
    },
  )
