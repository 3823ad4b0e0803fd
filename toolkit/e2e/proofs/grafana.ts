import { NotRun } from '../../not-run.ts'
import { ask, askJson } from '../http.ts'
import type { Proof } from '../proof.ts'
import { until } from '../until.ts'

/** Grafana has its data sources, and every dashboard of monitoring/dashboards. */
export const grafana: Proof = {
  name: 'grafana',
  async run({ url, without }, signal) {
    if (without.includes('grafana')) throw new NotRun('the image of grafana cannot be had')
    const dashboards = await until(
      'dashboards in Grafana',
      () => askJson<{ title: string }[]>(`${url('grafana')}/api/search?type=dash-db`),
      found => found.length > 0,
      { signal },
    )
    await ask(`${url('grafana')}/api/datasources/uid/prometheus/health`)
    return `its data source answers; dashboards: ${dashboards
      .map(each => each.title)
      .sort()
      .join(', ')}`
  },
}
