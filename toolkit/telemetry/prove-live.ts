import { setTimeout as delay } from 'node:timers/promises'
import { checkForeign } from './check-foreign.ts'
import { checkPanels, type PanelOptions } from './check-panels.ts'
import { exercise, type Running } from './exercise.ts'

export type LiveOptions = PanelOptions & {
  running: Running
  /** Of Prometheus. */
  url: string
  /** Texts by file, see monitoring/dashboards. */
  dashboards: ReadonlyMap<string, string>
  /** As far as scrapes are apart: a rate needs two of them, with requests in between. */
  scrapeMs: number
  /** How often it is exercised before what still has no data is a mistake; budgets are recorded every five minutes. */
  rounds?: number
}

/** Exercises what runs until Prometheus has data for every panel, and for what others show. The mistakes that are left. */
export async function proveLive({ running, url, dashboards, scrapeMs, rounds = 14, ...options }: LiveOptions) {
  let mistakes: string[] = []
  for (let round = 0; round < rounds; round++) {
    await exercise(running, options.signal)
    await delay(2 * scrapeMs, undefined, { signal: options.signal }) // nobody says when Prometheus has been here
    mistakes = [...(await checkPanels(url, dashboards, options)), ...(await checkForeign(url, options.signal))]
    if (mistakes.length === 0) break
  }
  return mistakes
}
