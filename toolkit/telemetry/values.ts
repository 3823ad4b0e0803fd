import type { Matcher } from './promql.ts'

/** The values that a label is known to have; `any` where they are not ours to know, such as a namespace. */
export type Values = ReadonlySet<string> | 'any'

/** Prometheus compares the whole value. Its patterns are RE2's; what we use of them JavaScript reads the same way. */
const fits = (pattern: string, value: string) => new RegExp(`^(?:${pattern})$`, 's').test(value)

/** Whether a series whose label has this value is taken. */
export function takes({ operator, value: wanted }: Matcher, value: string): boolean {
  switch (operator) {
    case '=':
      return value === wanted
    case '!=':
      return value !== wanted
    case '=~':
      return fits(wanted, value)
    case '!~':
      return !fits(wanted, value)
  }
}

/**
 * The parts of a matcher that no known value has: each alternative of a regular expression counts for itself, so that a
 * renamed route shows even where others still match. An excluded value has to exist as well, or it excludes nothing.
 */
export function unknownParts({ operator, value }: Matcher, known: Values): string[] {
  if (known === 'any' || value === '') return [] // x!="" asks whether the label is there
  const parts = operator === '=' || operator === '!=' ? [value] : alternatives(value)
  const has = (part: string) =>
    [...known].some(each => (operator === '=' || operator === '!=' ? each === part : fits(part, each)))
  return parts.filter(part => !has(part))
}

/** `a|b(c|d)` has two: those between bars that stand in no bracket. */
function alternatives(pattern: string): string[] {
  const found: string[] = []
  let depth = 0
  let inClass = false
  let current = ''
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern.charAt(index)
    if (char === '\\') {
      current += pattern.slice(index, index + 2)
      index++
      continue
    }
    if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '(' && !inClass) depth++
    else if (char === ')' && !inClass) depth--
    if (char === '|' && depth === 0 && !inClass) {
      found.push(current)
      current = ''
    } else current += char
  }
  return [...found, current]
}
