import { setTimeout as delay } from 'node:timers/promises'
import type { CommitStatus } from '../github-api/statuses.ts'
import type { GithubApi } from '../github-api.ts'
import type { Context } from '../step.ts'

const EVERY_MS = 10_000
/** A line in between, so that nobody takes the silence for an end. */
const TELL_EVERY_MS = 60_000

export type Awaited = {
  commit: string
  /** A context of commit statuses; `*` stands for anything, as in kustomization/shop-nonprod/*. */
  pattern: string
  timeoutMs: number
  everyMs?: number
}

/**
 * Waits for what notification-controller says of a commit (Provider of type github): one status per object, `success` or
 * `failure` with the reason of the event as its text. A failure ends the wait at once; the last word on each context counts.
 */
export async function waitForFlux(
  api: Pick<GithubApi, 'listStatuses'>,
  { commit, pattern, timeoutMs, everyMs = EVERY_MS }: Awaited,
  { print, signal }: Pick<Context, 'print' | 'signal'>,
): Promise<string> {
  const since = performance.now()
  let told = -Infinity
  let last = ''
  for (;;) {
    const statuses = newest(await api.listStatuses(commit), pattern)
    const failed = statuses.find(({ state }) => state === 'failure' || state === 'error')
    if (failed) throw new Error(`Flux: ${describe(failed)} for commit ${commit.slice(0, 12)}; ${whereToLook(failed)}`)
    const isDone = statuses.length > 0 && statuses.every(({ state }) => state === 'success')
    if (isDone) return `Flux: ${statuses.map(describe).join(', ')}`
    const now = statuses.map(describe).join(', ') || `nothing yet as "${pattern}"`
    const passed = performance.now() - since
    if (now !== last || passed - told >= TELL_EVERY_MS) {
      print(`${(passed / 1000).toFixed(0).padStart(5)} s  Flux about ${commit.slice(0, 12)}: ${now}`)
      told = passed
      last = now
    }
    if (passed >= timeoutMs) throw new Error(silence({ commit, pattern, timeoutMs }, now))
    await delay(Math.min(everyMs, Math.max(timeoutMs - passed, 1)), undefined, { signal })
  }
}

/** GitHub keeps every status that was ever given, the newest first; of each context the first is in force. */
function newest(statuses: readonly CommitStatus[], pattern: string): CommitStatus[] {
  const fits = new RegExp(`^${pattern.split('*').map(escapePattern).join('.*')}$`, 'i')
  const contexts = new Set<string>()
  return statuses.filter(({ context }) => {
    if (!fits.test(context) || contexts.has(context)) return false
    contexts.add(context)
    return true
  })
}

const escapePattern = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const describe = ({ context, state, description }: CommitStatus) =>
  `${context} ${state}${description === '' ? '' : ` ("${description}")`}`

const whereToLook = ({ url }: CommitStatus) =>
  url === '' ? 'the event of that object in the cluster says more: kubectl events -A, flux events -A' : `see ${url}`

function silence({ commit, pattern, timeoutMs }: Awaited, last: string): string {
  const waited = `${Math.round(timeoutMs / 1000)} s`
  return (
    `Flux did not finish commit ${commit.slice(0, 12)} within ${waited}; last seen: ${last}. Does a Provider of type github ` +
    `give statuses whose context is "${pattern}" (FLUX_STATUS; flux/base/commit-status), and does Flux reconcile at all?`
  )
}
