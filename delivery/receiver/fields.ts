/** What was sent is not what its kind of source sends; the message is the answer's detail. */
export class BadEvent extends Error {
  override name = 'BadEvent'
}

export type Fields = Record<string, unknown>

export function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields // checked just here
  throw new BadEvent(`${path}: expected an object, got ${shown(value)}`)
}

export function listOf(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value
  throw new BadEvent(`${path}: expected a list, got ${shown(value)}`)
}

/** Text that must be there; `min` 0 lets it be empty. */
export function textOf(fields: Fields, key: string, path: string, min = 1): string {
  const value = fields[key]
  if (typeof value === 'string' && value.length >= min) return value
  throw new BadEvent(`${path}${key}: expected text${min > 0 ? ' that is not empty' : ''}, got ${shown(value)}`)
}

/** Text that may be missing, null or empty; anything else counts as missing, too. */
export function optionalText(fields: Fields, key: string): string | undefined {
  const value = fields[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A map of texts. Senders are asked for texts only; a number or a list in one of many labels must not cost the event. */
export function labelsOf(value: unknown, path: string): Record<string, string> {
  if (value === undefined || value === null) return {}
  const entries = Object.entries(fieldsOf(value, path)).filter(([, each]) => each !== null && each !== undefined)
  return Object.fromEntries(entries.map(([key, each]) => [key, typeof each === 'string' ? each : JSON.stringify(each)]))
}

/** Go's zero time stands for none. Text that is no time is a mistake of the sender. */
export function timeOf(fields: Fields, key: string, path: string): string | undefined {
  const text = optionalText(fields, key)
  if (text === undefined || text.startsWith('0001-01-01')) return undefined
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new BadEvent(`${path}${key}: expected a time as RFC 3339 has it, got ${shown(text)}`)
  return new Date(time).toISOString()
}

export function urlIn(...texts: (string | undefined)[]): string | undefined {
  return texts.find(text => text !== undefined && /^https?:\/\/[^\s<>"]+$/.test(text) && URL.canParse(text))
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
