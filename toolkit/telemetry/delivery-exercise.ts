import { randomUUID } from 'node:crypto'
import type { DeliveryRunning } from './exercise.ts'
import { untilShown } from './until-shown.ts'

/** Events of Flux and alerts, told, repeated, sent twice and resolved; refused ones; what operators do. */
export async function exerciseDelivery(running: DeliveryRunning, signal: AbortSignal): Promise<void> {
  const { url, webhookToken, apiToken, failing } = running
  const send = async (method: string, path: string, token: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    return (await fetch(url + path, { method, headers, ...init, signal })).text()
  }
  const post = (path: string, body: unknown, token = webhookToken) => send('POST', path, token, body)
  const operate = (path: string, body?: unknown) => send(body === undefined ? 'GET' : 'POST', path, apiToken, body)

  const name = `exercise-${randomUUID()}` // an object of its own, however often this runs
  const failed = fluxEvent(name, 'error', 'HealthCheckFailed')
  await post('/webhook', failed)
  await post('/webhook', failed)
  await post('/webhook', { ...failed, message: 'the same, told again' })
  await post('/webhook', fluxEvent(name, 'info', 'ReconciliationSucceeded'))
  for (const status of ['firing', 'firing', 'resolved']) await post('/alertmanager', notification(name, status))
  await post('/webhook', failed, 'not the token')
  await post('/webhook', '{')
  await send('GET', '/webhook', webhookToken)
  for (const path of ['/health', '/healthz', '/ready', '/nothing-here']) await send('GET', path, webhookToken)

  await untilShown(`${url}/metrics`, [...settled, ...(failing === undefined ? [] : [dead(failing)])], signal)
  await operate('/api/destinations')
  await operate('/api/messages?limit=5')
  if (failing === undefined) return
  await operate('/api/replay', { destination: failing })
  await operate(`/api/destinations/${failing}/pause`, { reason: 'the exercise' })
  await operate(`/api/destinations/${failing}/resume`, {})
}

/** The last ones to come: after the delivery, the first look at the storage, retention, and the first collected memory. */
const settled = [
  'fairlead_deliveries_total{',
  'fairlead_storage_used_ratio{',
  'fairlead_retention_runs_total{',
  'nodejs_gc_duration_seconds_sum{',
]
const dead = (destination: string) => `fairlead_deliveries_total{destination="${destination}",result="dead"`

const fluxEvent = (name: string, severity: string, reason: string) => ({
  involvedObject: { kind: 'Kustomization', namespace: 'flux-system', name, uid: name },
  severity,
  timestamp: new Date().toISOString(),
  message: `${reason} of ${name}`,
  reason,
  metadata: { revision: 'main@sha1:0000000000000000000000000000000000000000' },
  reportingController: 'kustomize-controller',
  reportingInstance: 'kustomize-controller-0',
})

/** Version 4 of Alertmanager's webhook, with the one alert of its group. */
const notification = (name: string, status: string) => ({
  version: '4',
  groupKey: name,
  truncatedAlerts: 0,
  status,
  receiver: 'exercise',
  groupLabels: { alertname: name },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example.com',
  alerts: [
    {
      status,
      labels: { alertname: name, severity: 'warning' },
      annotations: { summary: 'The exercise.' },
      startsAt: '2026-11-20T10:00:00Z',
      endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
      fingerprint: name,
    },
  ],
})

/** For one whose outbox cannot be written: it answers 503, and counts that. */
export async function exerciseRefusal({ url, webhookToken }: DeliveryRunning, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${webhookToken}`, 'content-type': 'application/json' }
  const body = JSON.stringify(fluxEvent('refused', 'error', 'HealthCheckFailed'))
  const { status } = await fetch(`${url}/webhook`, { method: 'POST', headers, body, signal })
  if (status !== 503) throw new Error(`${url}: expected 503 of a receiver that cannot write its outbox, got ${status}`)
}
