import { createReceiver, type ReceiverOptions } from '../receiver/app.ts'
import { createSource } from '../receiver/source.ts'
import { testIntake } from './intake.ts'

export const token = 's3cr3t-webhook-token'
export const hmacKey = 's3cr3t-hmac-key'
export const password = 's3cr3t-password'
const sources = [
  createSource({ name: 'flux', type: 'flux', path: '/webhook', token, hmacKey, maxBodyBytes: 1000 }),
  createSource({ name: 'alertmanager', type: 'alertmanager', path: '/alertmanager', token, username: 'am', password }),
]

/** A receiver over an intake in memory; `post` shows the token unless told otherwise. */
export function setUp(options: Partial<ReceiverOptions> = {}) {
  const t = testIntake()
  const receptions: [source: string, reception: string, status: number][] = []
  const lines: string[] = []
  const log = (fields: object, sentence: string) => lines.push(`${sentence} ${JSON.stringify(fields)}`)
  const app = createReceiver({
    sources: () => sources,
    intake: t.intake,
    now: () => t.clock.now,
    log: { warn: log, error: log },
    onReception: (source, reception, status) => receptions.push([source, reception, status]),
    ...options,
  })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') =>
    app.request(path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return { ...t, app, post, receptions, lines }
}
