/** Every query asks only the instances that are chosen above the panels. */
const chosen = 'job=~"$job", instance=~"$instance"'

/** A metric of the chosen instances; `matchers` are further ones. */
export const own = (metric: string, matchers = '') => `${metric}{${[chosen, matchers].filter(Boolean).join(', ')}}`

/** How fast a counter grows. Grafana makes the window at least four scrapes long. */
export const rate = (counter: string, matchers = '') => `rate(${own(counter, matchers)}[$__rate_interval])`
export const increase = (counter: string, matchers = '') => `increase(${own(counter, matchers)}[$__rate_interval])`

/** Of a histogram, over all instances; apart by the labels `by`. */
export const quantile = (share: number, histogram: string, by: readonly string[] = [], matchers = '') =>
  `histogram_quantile(${share}, ${sumBy([...by, 'le'], rate(`${histogram}_bucket`, matchers))})`

export const sumBy = (labels: readonly string[], query: string) => `sum by (${labels.join(', ')}) (${query})`
