/** At most `max` code points, the marker included; never ends inside a surrogate pair. */
export function cutText(text: string, max: number, marker = '…'): string {
  if (text.length <= max) return text // never fewer UTF-16 units than code points
  const room = max - countCharacters(marker)
  let kept = 0
  let count = 0
  for (const character of text) {
    count += 1
    if (count <= room) kept += character.length
    if (count > max) return text.slice(0, kept) + marker
  }
  return text
}

/** Code points, which is how Pushover counts. */
export function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** One line without control characters, for an answer or a title. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim()

/** Hides every spelling of the given values in a text that comes from outside. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .flatMap(secret => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .filter(secret => secret.length >= 4)
    .sort((a, b) => b.length - a.length) // a value may be part of another
  return text => spellings.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
}
