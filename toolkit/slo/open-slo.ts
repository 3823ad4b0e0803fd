import * as v from 'valibot'
import { UNKNOWN_KEY } from './mistakes.ts'

/** What we read of OpenSLO v1. Every other key is refused: it would promise something that nothing here keeps. */
const object = <const T extends v.ObjectEntries>(entries: T) =>
  v.objectWithRest(entries, v.never(`${UNKNOWN_KEY}${Object.keys(entries).join(', ')}`), 'expected keys and values')

const text = () => v.pipe(v.string('expected text'), v.regex(/^\P{Cc}+$/u, 'expected text on one line'))
const name = () =>
  v.pipe(text(), v.regex(/^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/, 'expected lower case letters, digits and -'))
const alertName = () => v.pipe(text(), v.regex(/^([A-Z][a-z\d]*)+$/, 'expected a name such as HighErrorRate'))
const word = <const T extends string>(only: T) => v.literal(only, `expected ${only}`)

/** Between 0 and 1, both left out. */
const share = () => {
  const rule = 'expected a number between 0 and 1'
  return v.pipe(v.number(rule), v.gtValue(0, rule), v.ltValue(1, rule))
}
/** Annotations are text. */
const shareText = () => {
  const rule = 'expected a number, in quotes'
  return v.pipe(v.string(rule), v.regex(/^\d*\.?\d+$/, rule), v.transform(Number), share())
}
const countText = () => {
  const rule = 'expected a whole number from 1 to 1000, in quotes'
  return v.pipe(
    v.string(rule),
    v.regex(/^\d+$/, rule),
    v.transform(Number),
    v.minValue(1, rule),
    v.maxValue(1000, rule),
  )
}

const apiVersion = word('openslo/v1')
const metadata = <const T extends v.ObjectEntries>(annotations: T) =>
  object({ name: name(), displayName: v.optional(text()), annotations: object(annotations) })

const query = () => object({ metricSource: object({ type: word('Prometheus'), spec: object({ query: text() }) }) })

export const Service = object({
  apiVersion,
  kind: word('Service'),
  metadata: metadata({
    'fairlead.dev/repository': v.pipe(
      text(),
      v.regex(/^https:\/\/\S+[^/]$/, 'expected an address without / at its end'),
    ),
    'fairlead.dev/rules': name(),
    'fairlead.dev/chart': v.optional(text()),
    'fairlead.dev/job': v.optional(text()),
  }),
  spec: object({ description: text() }),
})

export const Slo = object({
  apiVersion,
  kind: word('SLO'),
  metadata: metadata({
    'fairlead.dev/burn-alert': alertName(),
    'fairlead.dev/least-bad': countText(),
    'fairlead.dev/warn-alert': v.optional(alertName()),
    'fairlead.dev/warn-above': v.optional(shareText()),
  }),
  spec: object({
    description: text(),
    service: text(),
    indicator: object({
      metadata: object({ name: name(), displayName: text() }),
      spec: object({
        ratioMetric: object({
          counter: v.literal(true, 'expected true'),
          good: v.optional(query()),
          bad: v.optional(query()),
          total: query(),
        }),
      }),
    }),
    timeWindow: v.strictTuple(
      [
        object({
          duration: v.pipe(text(), v.regex(/^([7-9]|[1-9]\d)d$/, 'expected 7d to 99d')),
          isRolling: v.literal(true, 'expected true'),
        }),
      ],
      'expected one window',
    ),
    budgetingMethod: word('Occurrences'),
    objectives: v.strictTuple([object({ displayName: v.optional(text()), target: share() })], 'expected one objective'),
  }),
})
