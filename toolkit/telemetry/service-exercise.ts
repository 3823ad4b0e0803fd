import { randomUUID } from 'node:crypto'
import { untilShown } from './until-shown.ts'

/** How the ids of requests begin that the flags of the exercise let fail, and whose flags they make unreadable. */
export const FAILING = 'exercise-failing'
export const UNREADABLE = 'exercise-unreadable'

/** More than the pool has connections, and enough for the memory that they take to be collected. */
const AT_ONCE = 20
const ROUNDS = 25

/** Every route, every kind of answer. Routes of the sample feature answer 404 when it is gone, which is an answer, too. */
export async function exerciseService(url: string, adminToken: string | undefined, signal: AbortSignal): Promise<void> {
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const type = { 'content-type': 'application/json' }
    const response = await fetch(url + path, { method, headers: { ...type, ...headers }, ...init, signal })
    return (await response.text()) || '{}'
  }
  const admin = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` }
  for (const path of ['/', '/livez', '/readyz', '/metrics', '/admin/flags', '/nothing-here']) await call('GET', path)
  await call('HEAD', '/')
  await call('OPTIONS', '/')
  await call('POST', '/', {})
  await call('GET', '/admin/flags', undefined, admin)
  await call('POST', '/admin/flags', 'no JSON', admin)
  await call('POST', '/admin/flags/reset', {}, admin)
  await call('GET', '/metrics', undefined, { accept: 'application/openmetrics-text; version=1.0.0' })

  const email = `${randomUUID()}@example.com`
  const user = idIn(await call('POST', '/users', { email }))
  await call('POST', '/users', { email })
  await call('POST', '/users', { email: 'none' })
  await call('POST', '/users', '{')
  await call('POST', '/users', 'text', { 'content-type': 'text/plain' })
  const order = idIn(await call('POST', '/orders', { userId: user, amountCents: 1999 }))
  for (const path of [`/orders/${order}`, '/orders/0', `/users/${user}/orders`]) await call('GET', path)
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => call('GET', `/users/${user}/orders`)))
  }
  for (const start of [FAILING, UNREADABLE]) {
    for (const path of ['/', `/orders/${order}`])
      await call('GET', path, undefined, { 'x-request-id': `${start}-${randomUUID()}` })
  }
  await untilShown(`${url}/metrics`, ['http_request_duration_seconds_count', 'nodejs_gc_duration_seconds_sum'], signal)
}

/** Of an answer that has one; 1 where the sample feature is gone and nobody reads it. */
function idIn(text: string): string {
  const answer: unknown = text.startsWith('{') ? JSON.parse(text) : {}
  return typeof answer === 'object' && answer !== null && 'id' in answer ? String(answer.id) : '1'
}
