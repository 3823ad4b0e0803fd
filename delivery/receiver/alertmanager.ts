import { createHash } from 'node:crypto'
import { cut } from '../episodes/state.ts'
import type { Event } from '../event.ts'
import type { Severity } from '../message.ts'
import { BadEvent, type Fields, fieldsOf, labelsOf, listOf, optionalText, timeOf, urlIn } from './fields.ts'

/** There is no standard; these are the words that published rules use. */
const severities = new Map<string, Severity>([
  ['critical', 'critical'],
  ['page', 'critical'],
  ['error', 'error'],
  ['high', 'error'],
  ['major', 'error'],
  ['warning', 'warning'],
  ['warn', 'warning'],
  ['medium', 'warning'],
  ['minor', 'warning'],
  ['info', 'info'],
  ['low', 'info'],
  ['none', 'info'],
])

/** Annotations have no limit of their own. */
const TEXT_LIMIT = 39_000

type Group = { input: string; receiver: string; externalUrl: string | undefined; truncated: number; now: number }

/**
 * One event for each alert of a notification of Alertmanager (webhook version 4,
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). Throws BadEvent.
 */
export function parseAlertmanager(body: unknown, input: string, now: number): Event[] {
  const fields = fieldsOf(body, 'the notification')
  const truncated = typeof fields.truncatedAlerts === 'number' ? fields.truncatedAlerts : 0
  const receiver = optionalText(fields, 'receiver') ?? 'unknown'
  const group = { input, receiver, externalUrl: optionalText(fields, 'externalURL'), truncated, now }
  return listOf(fields.alerts, 'alerts').map((alert, index) =>
    eventOf(fieldsOf(alert, `alerts.${index}`), `alerts.${index}.`, group),
  )
}

function eventOf(alert: Fields, path: string, group: Group): Event {
  const labels = labelsOf(alert.labels, `${path}labels`)
  const annotations = labelsOf(alert.annotations, `${path}annotations`)
  const state = stateOf(alert.status, path)
  const arrived = new Date(group.now).toISOString()
  const since = timeOf(alert, 'startsAt', path) ?? arrived
  const name = labels.alertname ?? 'unnamed alert'
  const generatorUrl = optionalText(alert, 'generatorURL')
  const { runbook_url, dashboard_url, summary } = annotations
  const link = urlIn(runbook_url, dashboard_url, generatorUrl, group.externalUrl)
  const extra = labelsOf(
    { runbook_url, dashboard_url, generator_url: generatorUrl, external_url: group.externalUrl },
    path,
  )
  return {
    type: `dev.fairlead.alert.${state}`,
    source: ['', group.input, group.receiver].map(encodeURIComponent).join('/'),
    input: group.input,
    subject: { kind: 'Alert', ...(labels.namespace && { namespace: labels.namespace }), name },
    time: state === 'firing' ? since : (timeOf(alert, 'endsAt', path) ?? arrived),
    severity: severities.get(labels.severity?.toLowerCase() ?? '') ?? 'warning',
    reason: state === 'firing' ? 'Firing' : 'Resolved',
    title: `${name}${summary === undefined ? '' : `: ${summary}`}${state === 'resolved' ? ' (resolved)' : ''}`,
    text: cut(textOf(annotations, labels, group.truncated), TEXT_LIMIT),
    labels: { ...extra, ...labels }, // the alert's own win
    ...(link !== undefined && { link }),
    state,
    episode: `${group.input}/${optionalText(alert, 'fingerprint') ?? fingerprint(labels)}`,
    repeats: 'counted',
    since,
  }
}

function stateOf(status: unknown, path: string): 'firing' | 'resolved' {
  if (status === 'firing' || status === 'resolved') return status
  throw new BadEvent(
    `${path}status: expected firing or resolved, got ${JSON.stringify(status)?.slice(0, 60) ?? 'nothing'}`,
  )
}

/** Shown elsewhere in the message. */
const plain = new Set(['alertname', 'namespace', 'severity', 'prometheus'])

function textOf(annotations: Record<string, string>, labels: Record<string, string>, truncated: number): string {
  const { description, message, summary, runbook_url } = annotations
  const told = Object.entries(labels).filter(([name]) => !plain.has(name))
  return [
    description ?? message ?? summary,
    told.map(([name, value]) => `${name}=${value}`).join(' '),
    runbook_url && `Runbook: ${runbook_url}`,
    truncated > 0 && `Alertmanager left out ${truncated} more alerts of this group (max_alerts).`,
  ]
    .filter(Boolean)
    .join('\n')
}

const fingerprint = (labels: Record<string, string>) =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).sort()))
    .digest('hex')
    .slice(0, 16)
