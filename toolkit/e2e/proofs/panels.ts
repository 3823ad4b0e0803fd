import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Running } from '../../telemetry/exercise.ts'
import { exerciseFlags } from '../../telemetry/exercise-flags.ts'
import { proveLive } from '../../telemetry/prove-live.ts'
import type { Proof } from '../proof.ts'

/** As in prometheus/prometheus.yml. */
const SCRAPE_MS = 15_000

/** Every query of every dashboard has data once service and delivery plane have been used in every way. */
export const panels: Proof = {
  name: 'panels',
  async run(stack, signal) {
    const { root, flagsFile, url } = stack
    const before = await readFile(flagsFile, 'utf8')
    await replace(flagsFile, exerciseFlags(before))
    try {
      const dashboards = await readDashboards(join(root, 'monitoring/dashboards'))
      const running: Running = { service: url('service') }
      running.delivery = { url: url('delivery'), webhookToken: stack.webhookToken, apiToken: stack.apiToken }
      const mistakes = await proveLive({ running, url: url('prometheus'), dashboards, scrapeMs: SCRAPE_MS, signal })
      if (mistakes.length > 0) throw new Error(mistakes.join('; '))
      return `every query of ${[...dashboards.keys()].join(', ')} has data`
    } finally {
      await replace(flagsFile, before)
    }
  },
}

async function readDashboards(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.json')).sort()
  return new Map(
    await Promise.all(files.map(async file => [file, await readFile(join(folder, file), 'utf8')] as const)),
  )
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}
