import { DAY, durationText, windows } from '../burn.ts'
import { budgetOf, type Plan, type Slo } from '../plan.ts'
import { badEventsIn, badShareIn, eventsIn, KEPT, percentileOf, percentileRecord } from '../recording.ts'
import { bucketsBeside, countersOf, countersOfGood } from './counters.ts'
import { lookBack, type Phase } from './flow.ts'
import { home, type Reading, type Series, type Story } from './story.ts'
import { strangersOf } from './strangers.ts'

const EVENTS = 1_000_000
const BAD = 1000

/** Every recorded series, for each window in three stories. */
export const recordedStories = (plan: Plan, slo: Slo): Story[] =>
  [...windows, slo.days * DAY].flatMap(minutes => [
    uneven(plan, slo, minutes),
    beforeTheFirst(plan, slo, minutes),
    withoutEvents(plan, slo, minutes),
  ])

/** Minutes between two samples: few enough for five of them in the window, and the same as in other stories. */
function stepOf(minutes: number): number {
  if (minutes <= 5) return 1
  if (minutes <= 60) return 5
  if (minutes <= 120) return 20
  return minutes <= 3 * DAY ? 60 : DAY
}

/** Before the window all events are bad; in its first half none, in its second half, after a restart, a few. */
function uneven(plan: Plan, slo: Slo, minutes: number): Story {
  const samples = minutes / stepOf(minutes)
  const half = Math.floor((samples - 1) / 2)
  const flow: Phase[] = [
    { steps: 3, events: EVENTS, bad: EVENTS },
    { steps: half, events: EVENTS, bad: 0 },
    { steps: samples - 1 - half, events: EVENTS, bad: BAD, restart: true },
  ]
  const { bad, share } = lookBack(flow, samples + 2, samples)
  const whole = samples / (samples - 1) // extrapolated to the edges of the window
  const isBudget = minutes === slo.days * DAY
  return {
    name: `recorded: ${slo.name}, ${durationText(minutes)}`,
    minutes: stepOf(minutes),
    series: [...countersOf(slo, flow), ...strangersOf(plan, slo, [minutes], samples + 2)],
    reads: [
      read(plan, slo, minutes, eventsIn(minutes), EVENTS * samples),
      read(plan, slo, minutes, badEventsIn(minutes), bad * whole),
      read(plan, slo, minutes, badShareIn(minutes), share),
      ...(minutes === 5 ? percentile(plan, slo, share) : []),
      ...(isBudget ? [read(plan, slo, minutes, 'slo:error_budget:left_ratio', 1 - share / budgetOf(slo))] : []),
      ...(isBudget ? [read(plan, slo, minutes, 'slo:objective:ratio', slo.target, '')] : []),
    ],
  }
}

/** A share is 0, and not absent, before the first bad event is counted. */
function beforeTheFirst(plan: Plan, slo: Slo, minutes: number): Story {
  const samples = minutes / stepOf(minutes)
  const series = countersOfGood(slo, [{ steps: samples + 2, events: EVENTS, bad: 0 }])
  return {
    name: `recorded: ${slo.name}, ${durationText(minutes)} before the first bad event`,
    minutes: stepOf(minutes),
    // In another environment there are bad events already.
    series: [
      ...series,
      ...countersOf(slo, [{ steps: samples + 2, events: EVENTS, bad: BAD }]).map(elsewhere),
      ...strangersOf(plan, slo, [minutes], samples + 2),
    ],
    reads: [read(plan, slo, minutes, badEventsIn(minutes), 0), read(plan, slo, minutes, badShareIn(minutes), 0)],
  }
}

const elsewhere = ({ series, values }: Series): Series => ({
  series: series.replace(`namespace="${home.namespace}"`, 'namespace="at work"'),
  values,
})

/** There is no share of nothing. */
function withoutEvents(plan: Plan, slo: Slo, minutes: number): Story {
  const samples = minutes / stepOf(minutes)
  return {
    name: `recorded: ${slo.name}, ${durationText(minutes)} without events`,
    minutes: stepOf(minutes),
    series: countersOf(slo, [{ steps: samples + 2, events: 0, bad: 0 }]),
    reads: [read(plan, slo, minutes, eventsIn(minutes), 0), read(plan, slo, minutes, badShareIn(minutes))],
  }
}

/** Just behind the window. Without a value the series is absent. */
function read(
  plan: Plan,
  slo: Slo,
  minutes: number,
  record: string,
  value?: number,
  kept = `${KEPT}="${home.namespace}"`,
): Reading {
  const step = stepOf(minutes)
  const labels = [kept, `service="${plan.service}"`, `slo="${slo.name}"`].filter(each => each !== '').join(', ')
  // Rounded, because the difference of two large counts is not exact; that takes the name away.
  const digits = value !== undefined && value > 1 ? 3 : 9
  const rounded =
    value === undefined ? [] : [{ labels: `{${labels}}`, value: Math.round(value * 10 ** digits) / 10 ** digits }]
  return { expr: `round(${record}{${labels}}, 1e-${digits})`, at: minutes + 2 * step, samples: rounded }
}

/** It lies between the lower bucket and the limit, where all but the bad events are. */
function percentile(plan: Plan, slo: Slo, share: number): Reading[] {
  const { part, warn } = slo
  if (part.kind === 'bad' || warn === undefined) return []
  const [lower] = bucketsBeside(part.limit)
  const value = lower + (part.limit - lower) * (percentileOf(warn) / (1 - share))
  return [read(plan, slo, 5, percentileRecord(warn), value)]
}
