import { parser } from '@prometheus-io/lezer-promql'
import { isScalar, parseDocument, visit } from 'yaml'

/** Durations beside expressions: of a group, and of a rule. */
const durations = ['interval', 'query_offset', 'for', 'keep_firing_for']

/** A rule file in which all that waits or looks back does so for a fraction of its time. Names of series stay. */
export function scaleRules(text: string, factor: number): string {
  if (!(factor > 0)) throw new Error(`expected a factor above 0, got ${factor}`)
  const document = parseDocument(text)
  if (document.errors[0]) throw document.errors[0]
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !isScalar(value)) return
      if (durations.includes(String(key.value))) value.value = scaleDuration(String(value.value), factor)
      else if (key.value === 'expr') value.value = scaleExpression(String(value.value), factor)
    },
  })
  return document.toString({ lineWidth: 0 })
}

/** Ranges, offsets, steps of subqueries, and durations as numbers (`> 5m`); numbers without a unit only where they are times. */
function scaleExpression(text: string, factor: number): string {
  const places: { from: number; to: number }[] = []
  parser.parse(text).iterate({
    enter({ type, name, from, to, node }) {
      if (type.isError) throw new Error(`it is no PromQL at "${text.slice(from, from + 20)}": ${text}`)
      const isCalculated = name === 'DurationExpr' && node.firstChild?.nextSibling != null
      if (isCalculated) throw new Error(`a duration that is calculated cannot be scaled; write it out: ${text}`)
      const isTime = name === 'NumberDurationLiteralInDurationContext'
      if (isTime || (name === 'NumberDurationLiteral' && /[smhdwy]/.test(text.slice(from, to))))
        places.push({ from, to })
    },
  })
  // From the end, so that what is left to change stays where it is.
  return places.reduceRight(
    (done, { from, to }) => `${done.slice(0, from)}${scaleDuration(done.slice(from, to), factor)}${done.slice(to)}`,
    text,
  )
}

const units: [name: string, milliseconds: number][] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** Such as 1h30m, or a number of seconds; never less than the millisecond that is Prometheus' shortest time. */
export function scaleDuration(text: string, factor: number): string {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
  if (seconds === undefined && !/^(\d+(ms|[ywdhms]))+$/.test(text))
    throw new Error(`expected a duration such as 1h30m, got "${text}"`)
  const milliseconds =
    seconds === undefined
      ? [...text.matchAll(/(\d+)([a-z]+)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * lengthOf(unit), 0)
      : seconds * 1000
  if (milliseconds === 0) return text
  let left = Math.max(1, Math.round(milliseconds / factor))
  const parts = units.slice(2).map(([name, length]) => {
    const count = Math.floor(left / length)
    left -= count * length
    return count === 0 ? '' : `${count}${name}`
  })
  return parts.join('')
}

const lengthOf = (unit: string | undefined) => units.find(([name]) => name === unit)?.[1] ?? Number.NaN
