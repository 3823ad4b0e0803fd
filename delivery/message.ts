export type Severity = 'info' | 'warning' | 'error' | 'critical'

/** What a message is about. For an alert, `kind` is Alert and `name` its alertname. */
export type Subject = { apiVersion?: string; kind: string; namespace?: string; name: string; uid?: string }

/**
 * One thing to tell somebody, written once and never changed: a CloudEvents 1.0 event (id, source, type, subject, time)
 * with what sinks and rules need beside it. `id` and `time` (occurrence, RFC 3339) stay the same on every attempt.
 */
export type Message = {
  id: string
  /** Monotonic per subject; given by the outbox. */
  sequence: number
  schemaVersion: 1
  /** CloudEvents type, such as dev.fairlead.flux.ReconciliationFailed or dev.fairlead.alert.firing. */
  type: string
  /** CloudEvents source, such as /flux/kustomize-controller or /alertmanager/team-x. */
  source: string
  /** The input it came through: flux, alertmanager, later watcher and reconciler. Rules match on it. */
  input: string
  subject: Subject
  time: string
  severity: Severity
  reason: string
  title: string
  text: string
  /** Alert labels, Flux metadata, correlation: everything a rule may match by label. */
  labels: Record<string, string>
  revision?: string
  controller?: string
  link?: string
  /** firing opens or continues an episode, resolved closes it, event stands alone. */
  state: 'firing' | 'resolved' | 'event'
  /** How often it was seen when it was written; more than 1 on a message that sums up an episode. */
  count: number
}

/** The key of order and sequence: what is told about one object stays in order. */
export const subjectKey = ({ kind, namespace, name }: Subject) => `${kind}/${namespace ?? ''}/${name}`
