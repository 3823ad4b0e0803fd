import { setTimeout as delay } from 'node:timers/promises'

const TIMEOUT_MS = 15_000
/** Before the second and the third try. Nobody waits for this job, but a runner costs money. */
const DELAYS_MS = [2000, 10_000]
const LONGEST_WAIT_MS = 30_000

export type Post = {
  /** How messages call the place: the address is a secret, and so is every part of it. */
  name: string
  url: string
  /** Asked before each try. */
  request(): { body: string; headers: Record<string, string> }
  /** Says what is wrong with a 2xx answer, if anything. */
  complaint?(body: string): string | undefined
}

export type Patience = { signal: AbortSignal; delaysMs?: readonly number[] }

/** Sends once, and again after what may pass: no connection, 408, 429, 5xx. Throws what the last try met with. */
export async function post(
  { name, url, request, complaint }: Post,
  { signal, delaysMs = DELAYS_MS }: Patience,
): Promise<void> {
  const target = checkUrl(name, url)
  for (let attempt = 0; ; attempt++) {
    const { reason, mayPass, afterMs } = await tryOnce(target, request(), complaint, signal)
    signal.throwIfAborted()
    if (reason === undefined) return
    const wait = delaysMs[attempt]
    if (!mayPass || wait === undefined)
      throw new Error(`${name}: ${reason}${attempt > 0 ? `, after ${attempt + 1} tries` : ''}`)
    await delay(Math.min(Math.max(wait, afterMs), LONGEST_WAIT_MS), undefined, { signal })
  }
}

function checkUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url === undefined || (url.protocol !== 'https:' && !isLocal))
    throw new Error(`${name}: expected an address that begins with https:// (its value is a secret and not shown)`)
  return url
}

type Tried = { reason?: string; mayPass: boolean; afterMs: number }

async function tryOnce(
  url: URL,
  { body, headers }: ReturnType<Post['request']>,
  complaint: Post['complaint'],
  signal: AbortSignal,
): Promise<Tried> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual', // the body and its signature are for this address only
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'fairlead', ...headers },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const answer = (await response.text()).slice(0, 200)
    const wrong = response.ok ? complaint?.(answer) : `it answered ${response.status}`
    const { status } = response
    const afterMs = Number(response.headers.get('retry-after') ?? 0) * 1000 || 0
    return {
      ...(wrong !== undefined && { reason: wrong }),
      mayPass: [408, 429].includes(status) || status >= 500,
      afterMs,
    }
  } catch (error) {
    // Node names the host, and never the path, in what it says of a connection.
    const code =
      error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined
    const name = error instanceof Error ? error.name : 'unknown'
    return { reason: `no answer (${String(code ?? name)})`, mayPass: true, afterMs: 0 }
  }
}
