import type { Event } from '../event.ts'
import type { Severity } from '../message.ts'
import { type Fields, fieldsOf, labelsOf, optionalText, textOf, timeOf, urlIn } from './fields.ts'

/** trace never leaves the controllers; a word that a later Flux may bring is no reason to lose what it says. */
const severities = new Map<string, Severity>([
  ['info', 'info'],
  ['trace', 'info'],
  ['error', 'error'],
])

/**
 * Reasons of success that end an error of their object. Undoing is none: after RollbackSucceeded or UninstallSucceeded
 * the release still is not what it should be.
 */
const isRecovery = (reason: string) =>
  /^(.*Succeeded|NewArtifact|ArtifactUpToDate|DriftCorrected)$/.test(reason) &&
  !/^(Rollback|Uninstall|Remediation)/.test(reason)

/**
 * An event of Flux's notification-controller (fluxcd/pkg, apis/event/v1beta1). Only what nobody could do without is
 * required, because an answer of 4xx loses the event for good. Throws BadEvent.
 */
export function parseFluxEvent(body: unknown, input: string, now: number): Event {
  const event = fieldsOf(body, 'the event')
  const object = fieldsOf(event.involvedObject, 'involvedObject')
  const subject = subjectOf(object)
  const severity = severities.get(textOf(event, 'severity', '')) ?? 'warning'
  const reason = textOf(event, 'reason', '')
  const message = textOf(event, 'message', '', 0)
  const metadata = stripped(labelsOf(event.metadata, 'metadata'))
  const controller = optionalText(event, 'reportingController')
  const revision = metadata.revision ?? metadata.originRevision ?? metadata.commit
  const link = urlIn(metadata.link, metadata.url, metadata.runbook_url, ...Object.values(metadata))
  const place = subject.namespace === undefined ? subject.name : `${subject.namespace}/${subject.name}`
  return {
    type: `dev.fairlead.flux.${reason.replace(/[^\w-]/g, '')}`,
    source: ['', input, controller ?? 'unknown'].map(encodeURIComponent).join('/'),
    input,
    subject,
    time: timeOf(event, 'timestamp', '') ?? new Date(now).toISOString(),
    severity,
    reason,
    title: `${subject.kind} ${place}: ${reason}`,
    text: metadata.summary === undefined ? message : `${metadata.summary}\n${message}`,
    labels: metadata,
    ...(revision !== undefined && { revision }),
    ...(controller !== undefined && { controller }),
    ...(link !== undefined && { link }),
    state: severity === 'info' ? (isRecovery(reason) ? 'resolved' : 'event') : 'firing',
    // Objects of two clusters may share everything but the uid.
    episode: [input, subject.kind, subject.namespace ?? '', subject.name, subject.uid ?? metadata.cluster ?? ''].join(
      '/',
    ),
    repeats: 'summed',
  }
}

function subjectOf(object: Fields): Event['subject'] {
  const [apiVersion, namespace, uid] = ['apiVersion', 'namespace', 'uid'].map(key => optionalText(object, key))
  return {
    ...(apiVersion !== undefined && { apiVersion }),
    kind: textOf(object, 'kind', 'involvedObject.'),
    ...(namespace !== undefined && { namespace }),
    name: textOf(object, 'name', 'involvedObject.'),
    ...(uid !== undefined && { uid }),
  }
}

/** Older controllers send `kustomize.toolkit.fluxcd.io/revision` where newer ones send `revision`, which wins. */
function stripped(metadata: Record<string, string>): Record<string, string> {
  const entries = Object.entries(metadata)
  const prefixed = entries.map(([key, value]) => [key.replace(/^[\w.-]*\.?toolkit\.fluxcd\.io\//, ''), value])
  return { ...Object.fromEntries(prefixed), ...Object.fromEntries(entries.filter(([key]) => !key.includes('/'))) }
}
