import type { OutgoingHttpHeaders } from 'node:http'
import { type Message, subjectKey } from '../message.ts'

/** The body of a webhook: a CloudEvent in one piece, a CloudEvent whose attributes are headers, or the flat shape. */
export type BodyFormat = 'structured' | 'binary' | 'flat'

export type Body = { bytes: Uint8Array; headers: OutgoingHttpHeaders }

/**
 * The same bytes for the same message, on every attempt: keys come in a fixed order whatever order the ledger gives back.
 * CloudEvents 1.0.2, JSON format 3 and HTTP binding 3.
 */
export function bodyOf(message: Message, format: BodyFormat): Body {
  const { id, source, type, time } = message
  const attributes = { specversion: '1.0', id, source, type, subject: subjectKey(message.subject), time }
  if (format === 'structured') {
    const event = { ...attributes, datacontenttype: 'application/json', data: dataOf(message) }
    return { bytes: encode(event), headers: { 'content-type': 'application/cloudevents+json' } }
  }
  if (format === 'binary') {
    const entries = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, headerText(value)])
    const headers: OutgoingHttpHeaders = Object.fromEntries(entries)
    return { bytes: encode(dataOf(message)), headers: { ...headers, 'content-type': 'application/json' } }
  }
  return { bytes: encode(flat(message)), headers: { 'content-type': 'application/json' } }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value))

function dataOf({ schemaVersion, sequence, subject, labels, ...message }: Message) {
  const { severity, reason, title, text, state, count, revision, controller, link } = message
  const resource = resourceOf(subject)
  return {
    ...{ schemaVersion, sequence, resource, severity, reason, title, text },
    ...{ state, count, labels: sorted(labels), revision, controller, link },
  }
}

/** For receivers that know no CloudEvents: what happened to which resource, and in which order. */
function flat(message: Message) {
  const { id, type, time, sequence, subject, labels, schemaVersion } = message
  const { severity, reason, title, text, state, count, revision, controller, link } = message
  return {
    ...{ eventId: id, eventType: type, timestamp: time, version: sequence, sequenceHint: sequence },
    ...{ resource: resourceOf(subject), correlation: sorted(labels), schemaVersion },
    ...{ severity, reason, title, text, state, count, revision, controller, link },
  }
}

const resourceOf = ({ kind, apiVersion, name, namespace, uid }: Message['subject']) => ({
  ...{ kind, apiVersion, name, namespace, uid },
})

const sorted = (labels: Record<string, string>) =>
  Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** CloudEvents HTTP binding 3.1.3.2: what is not printable ASCII, the quote and the percent sign go as %XX of UTF-8. */
export const headerText = (value: string): string =>
  value.toWellFormed().replace(/[^\x21-\x7e]|["%]/gu, character =>
    Buffer.from(character)
      .toString('hex')
      .toUpperCase()
      .replace(/../g, byte => `%${byte}`),
  )
