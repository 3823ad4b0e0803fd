import { ask, query } from '../http.ts'
import type { Proof } from '../proof.ts'
import { until } from '../until.ts'

const EXPRESSION = 'sum by (status) (rate(http_requests_total[5m]))'

/** The query of the README has data, for each status that was answered. */
export const traffic: Proof = {
  name: 'traffic',
  async run({ url }, signal) {
    const wanted = ['200', '404']
    const found = await until(
      `${EXPRESSION} above 0 for ${wanted.join(' and ')}`,
      async () => {
        // A rate needs two scrapes with a rise between them, so this goes on until it has been seen.
        await ask(`${url('service')}/`)
        await fetch(`${url('service')}/there-is-no-such-page`, { signal: AbortSignal.timeout(20_000) })
        const samples = await query(url('prometheus'), EXPRESSION)
        return samples.filter(({ value }) => Number(value[1]) > 0).map(({ metric }) => metric.status)
      },
      statuses => wanted.every(each => statuses.includes(each)),
      { signal },
    )
    return `${EXPRESSION} has data for ${found.sort().join(', ')}`
  },
}
