import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Delivery } from '../../outbox/outbox.ts'
import type { Identity } from '../certificates.ts'
import { type Options, startDelivery } from '../delivery.ts'
import { temporaryFolder } from '../process.ts'
import { answer, type Behaviour, startSinkServer } from '../sink-server.ts'

/** What a test of one field of the configuration says; every field of the schema has one. */
export type Effect = (t: TestContext) => Promise<void>

export const SIGNING_KEY = `whsec_${Buffer.from('s3cr3t-signing-key-of-32-bytes!!').toString('base64')}`

export type Wanted = Options & {
  /** Further fields of the destination, as YAML in braces. */
  fields?: string
  type?: 'webhook' | 'pushover' | 'slack'
  identity?: Identity
  behaviours?: Behaviour[]
  /** Beside `destinations`. */
  rest?: string
}

const ok: Record<string, Behaviour> = {
  webhook: answer(200),
  pushover: answer(200, '{"status":1}'),
  slack: answer(200, 'ok'),
}

/** A delivery plane with one destination, `it`, which is a server of the test. */
export async function startWithTarget(t: TestContext, wanted: Wanted = {}) {
  const { fields = '', type = 'webhook', identity, behaviours = [], rest = '', env, ...options } = wanted
  const target = await startSinkServer(t, identity)
  const okay = ok[type] ?? answer(200)
  target.behave(...behaviours, okay)
  const keys = type === 'pushover' ? 'userKey: { env: USER_KEY }, token: { env: APP_TOKEN }, ' : ''
  const own = fields.includes('allowAddresses') ? '' : 'allowAddresses: [127.0.0.0/8], '
  const address = type === 'slack' ? '{ file: SLACK }' : `'${target.url}'`
  const slack = join(temporaryFolder(t), 'url')
  writeFileSync(slack, `${target.url}/services/T000/B000/s3cr3t-slack-path`)
  const url = fields.includes('url:') ? '' : `url: ${address.replace('SLACK', slack)}, `
  const file = `destinations:\n  it: { type: ${type}, ${keys}${own}${url}${fields} }\n${rest}`
  const secrets = { USER_KEY: 's3cr3t-user-key-0002', APP_TOKEN: 's3cr3t-app-token-0002', SIGNING_KEY }
  const delivery = await startDelivery(t, { ...options, file, env: { ...secrets, ...env } })
  return { ...delivery, target }
}

export type Started = Awaited<ReturnType<typeof startWithTarget>>

/** One event, and the request that it becomes. */
export async function deliverOne(t: TestContext, wanted: Wanted = {}) {
  const started = await startWithTarget(t, wanted)
  await started.post()
  await started.target.receivedAtLeast(1)
  const [received] = started.target.received
  if (received === undefined) throw new Error('nothing was received')
  return { ...started, received, form: new URLSearchParams(received.body.toString()) }
}

/** The deliveries of the only message, once `fits`. */
export async function deliveryOf({ api }: Pick<Started, 'api'>) {
  const { items } = (await api('/messages')).body as { items: { delivery: Shown }[] } // as api.ts answers
  return items[0]?.delivery
}

export type Shown = Pick<
  Delivery,
  'state' | 'attempt' | 'nextAttemptAt' | 'firstAttemptAt' | 'leaseUntil' | 'lastAnswer'
>
