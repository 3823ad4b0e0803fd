import type { Slo } from '../plan.ts'
import { matches, type Selector } from '../selector.ts'
import { type Phase, samplesOf } from './flow.ts'
import { home, type Series } from './story.ts'

/** Values that these labels have in earnest: those that count, and those that must not. */
const values: Record<string, string[]> = {
  handler: ['/', '/orders/:id', '/livez', '/readyz', '/metrics', '/admin/flags'],
  status: ['200', '499', '500', '503'],
  result: ['delivered', 'retry', 'dead'],
}
/** The buckets beside the limit: what is good lies between the lower one and the limit, what is bad up to the higher. */
export const bucketsBeside = (limit: number) =>
  [limit * 0.8, limit * 1.2].map(seconds => Number(seconds.toPrecision(6))) as [number, number] // of two come two

type Labels = Record<string, string>

/** The series of a flow as the metrics of an SLO, beside others that nobody may count. */
export function countersOf(slo: Slo, flow: readonly Phase[]): Series[] {
  const { counted, others } = labelsOf(slo)
  const well: Phase[] = flow.map(({ steps }) => ({ steps, events: 50_000_000, bad: 0 }))
  const many = (areBad: boolean): Phase[] =>
    flow.map(({ steps, events }) => ({
      steps,
      events,
      bad: areBad ? (slo.part.kind === 'bad' ? events : Math.floor(events / 2)) : 0,
    }))
  const elsewhere = counted.filter(labels => !isBad(slo, labels)).slice(0, 1)
  return [
    ...seriesOf(slo, counted, flow),
    ...seriesOf(
      slo,
      elsewhere.map(labels => ({ ...labels, namespace: 'elsewhere' })),
      well,
    ),
    ...others.flatMap(labels => seriesOf(slo, [labels], many(isBad(slo, labels)))),
  ]
}

/** A process that has not met a bad event yet, and so does not count any. */
export const countersOfGood = (slo: Slo, flow: readonly Phase[]): Series[] =>
  seriesOf(
    slo,
    labelsOf(slo).counted.filter(labels => slo.part.kind === 'in time' || !isBad(slo, labels)),
    flow.map(phase => ({ ...phase, bad: 0 })),
  )

/** Every label set of the metric that counts, and of those outside of the total one bad one for each reason. */
function labelsOf(slo: Slo): { counted: Labels[]; others: Labels[] } {
  const { total, part } = slo
  const labels = new Set([...total.matchers, ...part.selector.matchers].map(({ label }) => label))
  const equal = total.matchers.filter(({ operator }) => operator === '=')
  const fixed = Object.fromEntries(equal.map(({ label, value }) => [label, value]))
  const all = Object.entries(values).reduce<Labels[]>(
    (sets, [label, found]) =>
      labels.has(label) ? sets.flatMap(set => found.map(value => ({ ...set, [label]: value }))) : sets,
    [{ ...fixed, ...home }],
  )
  const found = all.filter(set => matches(total, set))
  // Bad events are never in one series alone, so that it matters how series are put together.
  const isAlone = found.filter(set => isBad(slo, set)).length < 2
  const counted = isAlone ? ['a:8080', 'b:8080'].flatMap(instance => found.map(set => ({ ...set, instance }))) : found
  const bad = counted.find(set => isBad(slo, set))
  const strangers = equal.map(({ label }) => ({ ...bad, [label]: 'somebody-else' }))
  const outside = total.matchers.flatMap(({ label }) =>
    (values[label] ?? []).map(value => ({ ...bad, [label]: value })),
  )
  return { counted, others: [...strangers, ...outside.filter(set => !matches(total, set))] }
}

const isBad = ({ part }: Slo, labels: Labels) => part.kind === 'in time' || matches(part.selector, labels)

function seriesOf(slo: Slo, sets: readonly Labels[], flow: readonly Phase[]): Series[] {
  const { total, part } = slo
  if (part.kind === 'in time') {
    const [lower, higher] = bucketsBeside(part.limit)
    const buckets: [le: number | '+Inf', of: (phase: Phase) => number][] = [
      [lower, () => 0],
      [part.limit, ({ events, bad }) => events - bad],
      [higher, ({ events }) => events],
      ['+Inf', ({ events }) => events],
    ]
    return sets.flatMap((labels, set) => {
      const own = flow.map(phase => shareOf(phase, sets.length, set))
      return [
        ...buckets.map(([le, of]) => ({
          series: text(part.selector, { ...labels, le: String(le) }),
          values: samplesOf(own, of),
        })),
        { series: text(total, labels), values: samplesOf(own, ({ events }) => events) },
      ]
    })
  }
  const [bad, good] = [sets.filter(each => isBad(slo, each)), sets.filter(each => !isBad(slo, each))]
  const each = (of: readonly Labels[], key: (phase: Phase) => number) =>
    of.map((labels, set) => ({
      series: text(total, labels),
      values: samplesOf(flow, phase => dealt(key(phase), of.length, set)),
    }))
  return [...each(bad, phase => phase.bad), ...each(good, ({ events, bad: less }) => events - less)]
}

/** What is good is dealt evenly; the first hand has all that is bad, so that no hand is like another. */
function shareOf(phase: Phase, count: number, hand: number): Phase {
  const bad = hand === 0 ? phase.bad : 0
  return { ...phase, events: dealt(phase.events - phase.bad, count, hand) + bad, bad }
}

/** A whole number dealt to `count` hands; the first gets what is left over. */
const dealt = (whole: number, count: number, hand: number) =>
  Math.floor(whole / count) + (hand === 0 ? whole % count : 0)

const text = ({ metric }: Selector, labels: Labels) =>
  `${metric}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ')}}`
