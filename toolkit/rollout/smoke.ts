import { until } from '../e2e/until.ts'
import type { Context } from '../step.ts'

/** DESIGN.md 19: what is asked by the cluster or by operators has no public address. */
const hidden = ['/metrics', '/admin', '/admin/flags', '/livez', '/readyz']
const TIMEOUT_MS = 10_000
const DEADLINE_MS = 60_000

/** Asks the public address as a stranger would: `/` answers 200, and what is not for strangers is not there. */
export async function smokeTest(
  publicUrl: string,
  { signal }: Pick<Context, 'signal'>,
  deadlineMs = DEADLINE_MS,
): Promise<string> {
  const base = baseOf(publicUrl)
  const ask = async (path: string) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const response = await fetch(`${base}${path}`, { redirect: 'manual', signal: limit })
    await response.body?.cancel()
    return response.status
  }
  // A new route takes a moment to reach every gateway.
  await until(
    `${base}/ answers 200`,
    () => ask('/'),
    status => status === 200,
    { signal, deadlineMs },
  )
  const published = []
  for (const path of hidden) {
    const status = await ask(path)
    if (status !== 404 && status !== 403) published.push(`${path} answers ${status}`)
  }
  if (published.length > 0)
    throw new Error(
      `${base} publishes what it must not: ${published.join(', ')}; expected 404 (publish.paths of the chart)`,
    )
  return `${base}/ answers 200, and ${hidden.join(', ')} are not published`
}

function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username !== '')
    throw new Error(`PUBLIC_URL: expected https://<host>, got "${text}"`)
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}
