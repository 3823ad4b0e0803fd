import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { askJson } from '../http.ts'
import type { Proof } from '../proof.ts'
import { until } from '../until.ts'

type Target = { labels: { job: string }; health: string; lastError: string }

/** Every container that has metrics is a target, every target is up, and there is no other. */
export const targets: Proof = {
  name: 'targets',
  async run({ root, url, without }, signal) {
    const jobs = jobsOf(await readFile(join(root, 'prometheus/prometheus.yml'), 'utf8'))
    const expected = [...jobs].filter(([, service]) => !without.includes(service)).map(([job]) => `${job} up`)
    const seen = await until(
      `targets ${expected.join(', ')}`,
      async () => {
        const { data } = await askJson<{ data: { activeTargets: Target[] } }>(`${url('prometheus')}/api/v1/targets`)
        return data.activeTargets.map(({ labels, health, lastError }) => `${labels.job} ${health} ${lastError}`.trim())
      },
      found => String(found.sort()) === String(expected.sort()),
      { signal },
    )
    return `${seen.length} targets are up: ${seen.map(each => each.split(' ')[0]).join(', ')}`
  },
}

type Scrape = {
  job_name: string
  static_configs?: { targets: string[] }[]
  dns_sd_configs?: { names: string[] }[]
}

/** The jobs of a configuration, each with the service of the compose file that it scrapes. */
function jobsOf(text: string): Map<string, string> {
  const { scrape_configs: scrapes } = parse(text) as { scrape_configs: Scrape[] } // the file of this checkout
  return new Map(
    scrapes.map(({ job_name: job, static_configs: fixed, dns_sd_configs: found }) => {
      const host = (fixed?.[0]?.targets ?? found?.[0]?.names)?.[0]?.split(':')[0] ?? job
      return [job, host === 'localhost' ? 'prometheus' : host]
    }),
  )
}
