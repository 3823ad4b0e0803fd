import type { Context } from '../step.ts'

/** What became of a run, as far as people want to hear of it. */
export type Result = 'failed' | 'recovered'

export type Message = {
  result: Result
  repository: string
  workflow: string
  ref: string
  commit: string
  /** First line of the commit's message. */
  title: string
  by: string
  url: string
  /** Names of the jobs that are red, where they are known. */
  jobs: string[]
  /** Stable over all tries of one notification. */
  id: string
}

/** How the jobs before this one ended: NEEDS is `toJSON(needs)`, RESULTS `join(needs.*.result, ' ')`. */
export function readResults(env: Context['env']): { outcome: 'success' | 'failure' | 'cancelled'; jobs: string[] } {
  const results = env.NEEDS === undefined ? namelessResults(env.RESULTS) : parseNeeds(env.NEEDS)
  const red = results.filter(({ result }) => result === 'failure')
  const jobs = red.map(({ name }) => name).filter(name => name !== '')
  if (red.length > 0) return { outcome: 'failure', jobs }
  const wasCancelled = results.some(({ result }) => result === 'cancelled')
  return { outcome: wasCancelled ? 'cancelled' : 'success', jobs }
}

type JobResult = { name: string; result: string }
const words = ['success', 'failure', 'cancelled', 'skipped']

function namelessResults(text: string | undefined): JobResult[] {
  if (text === undefined) throw new Error('NEEDS: expected toJSON(needs) of the workflow; or give --result')
  return check(text.split(/\s+/).map(result => ({ name: '', result })))
}

function parseNeeds(text: string): JobResult[] {
  try {
    const needs = JSON.parse(text) as Record<string, { result: string }> // GitHub's own form; checked below
    return check(Object.entries(needs).map(([name, { result }]) => ({ name, result })))
  } catch (error) {
    throw new Error(`NEEDS: expected toJSON(needs) of the workflow: ${(error as Error).message}`, { cause: error })
  }
}

function check(results: JobResult[]): JobResult[] {
  const wrong = results.find(({ result }) => !words.includes(result))
  if (wrong) throw new Error(`the result of a job is one of ${words.join(', ')}, got "${wrong.result}"`)
  return results
}
