import * as v from 'valibot'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const unitBytes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 }

/** `500ms`, `10s`, `5m`, `48h`, `7d`, to milliseconds; zero only where 0 is allowed, so that nobody writes "never" by accident. */
export const duration = (min: string, max: string) =>
  v.pipe(
    v.string(`expected a duration from ${min} to ${max}, such as 500ms, 10s, 5m, 48h or 7d`),
    v.regex(/^\d{1,9}(ms|s|m|h|d)$/, `expected a duration from ${min} to ${max}, such as 500ms, 10s, 5m, 48h or 7d`),
    v.check(
      text => parseDuration(text) >= parseDuration(min) && parseDuration(text) <= parseDuration(max),
      `expected a duration from ${min} to ${max}`,
    ),
    v.transform(parseDuration),
  )

/** `512B`, `64KiB`, `3MiB`, `10GiB`, to bytes. */
export const bytes = (min: string, max: string) =>
  v.pipe(
    v.string(`expected a size from ${min} to ${max}, such as 64KiB, 3MiB or 10GiB`),
    v.regex(/^\d{1,9}(B|KiB|MiB|GiB|TiB)$/, `expected a size from ${min} to ${max}, such as 64KiB, 3MiB or 10GiB`),
    v.check(
      text => parseBytes(text) >= parseBytes(min) && parseBytes(text) <= parseBytes(max),
      `expected a size from ${min} to ${max}`,
    ),
    v.transform(parseBytes),
  )

/** A whole number, both ends included. */
export const whole = (min: number, max: number) => {
  const rule = `expected a whole number from ${min} to ${max}`
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(min, rule), v.maxValue(max, rule))
}

/** A share of something, both ends included. */
export const share = (min: number, max: number) => {
  const rule = `expected a number from ${min} to ${max}`
  return v.pipe(v.number(rule), v.minValue(min, rule), v.maxValue(max, rule))
}

export const flag = () => v.boolean('expected true or false')

/** Text on one line. */
export const line = (max = 1024) => {
  const rule = `expected text of 1 to ${max} characters on one line`
  return v.pipe(v.string(rule), v.minLength(1, rule), v.maxLength(max, rule), v.regex(/^\P{Cc}*$/u, rule))
}

export const word = <const T extends readonly [string, ...string[]]>(options: T) =>
  v.picklist(options, `expected ${options.length > 1 ? 'one of ' : ''}${options.join(', ')}`)

const parseDuration = (text: string) => parse(text, unitMs)
const parseBytes = (text: string) => parse(text, unitBytes)

function parse(text: string, units: Record<string, number>): number {
  const [, digits, unit] = /^(\d+)([A-Za-z]+)$/.exec(text) ?? []
  return Number(digits) * (units[unit ?? ''] ?? Number.NaN)
}

/** The name of a source or destination: a label of metrics, and what rules and commands say. */
export const name = () => {
  const rule = 'expected a name of 1 to 63 lower case letters, digits and -, such as team-a'
  return v.pipe(v.string(rule), v.regex(/^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/, rule))
}
