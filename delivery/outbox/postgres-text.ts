import { createHash } from 'node:crypto'

const MAX_KEY_CHARACTERS = 500

/**
 * A key as Postgres can hold it: text knows neither NUL nor half a surrogate pair, and an index entry ends at 2.7 kB. Two
 * keys never become one: escapes are those of JSON, and what is too long ends in its hash.
 */
export function toKey(text: string): string {
  const escaped = toText(text)
  if (escaped.length <= MAX_KEY_CHARACTERS) return escaped
  return `${escaped.slice(0, MAX_KEY_CHARACTERS)}#${createHash('sha256').update(escaped).digest('base64url')}`
}

/** Any text, in the escapes of JSON; fromText gives it back. */
export const toText = (text: string): string => JSON.stringify(text).slice(1, -1)

export const fromText = (stored: string): string => JSON.parse(`"${stored}"`)

/** Whole milliseconds: jitter makes fractions, and a bigint takes none. */
export const toMs = (time: number): number => Math.round(time)
