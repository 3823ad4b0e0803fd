import type { Plan, Slo } from '../plan.ts'
import { percentileOf } from '../recording.ts'
import { bucketsBeside, countersOf } from './counters.ts'
import { lengthOf, lookBack, type Phase } from './flow.ts'
import { type Expectation, home, type Story } from './story.ts'
import { strangersOf } from './strangers.ts'

const EVENTS = 1_000_000
const SAMPLES = 5 // in the five minutes that are looked at
const FOR = 5

/** Around the share that warns: below it, above it for long enough, below it again; and with few events. */
export function warnStories(plan: Plan, slo: Slo): Story[] {
  if (slo.warn === undefined) return []
  const { alert, above } = slo.warn
  const part = (steps: number, times: number): Phase => ({
    steps,
    events: EVENTS,
    bad: Math.round(times * above * EVENTS),
  })
  // 0.96 and 1.02 of the limit: of the four steps in a window three must be above it, and two below it are enough.
  const start = 15
  const flow: Phase[] = [part(start, 0.96), part(10, 1.02), { ...part(10, 1.02), restart: true }, part(10, 0.96)]
  const firing = start + 3 + FOR
  const ended = start + 20 + 2
  const quiet = (at: number): Expectation => ({ alert, at })
  const fires = (at: number): Expectation => ({
    ...{ alert, at },
    fires: [{ labels: home, value: shown(slo, lookBack(flow, at, SAMPLES).share) }],
  })
  return [
    {
      name: `${alert}: just below and just above the limit`,
      minutes: 1,
      series: [...countersOf(slo, flow), ...strangersOf(plan, slo, [5], lengthOf(flow))],
      expects: [quiet(start), quiet(firing - 1), fires(firing), fires(ended - 1), quiet(ended)],
    },
    {
      name: `${alert}: above the limit, but not for long enough`,
      minutes: 1,
      series: countersOf(slo, [part(start, 0.96), part(4, 1.02), part(20, 0.96)]),
      expects: Array.from({ length: 15 }, (_, n) => quiet(start + n)),
    },
    ...fewEvents(slo, alert),
  ]
}

/** Everything fails, but there is little of it: of what comes in five minutes, the window sees four. */
function fewEvents(slo: Slo, alert: string): Story[] {
  const inWindow = (each: number) => each * SAMPLES // as Prometheus extrapolates it
  const enough = Math.floor(slo.leastBad / SAMPLES) + 1
  const rows: [each: number, fires: boolean][] = [
    [Math.ceil(slo.leastBad / SAMPLES) - 1, false],
    [enough, true],
  ]
  return rows.map(([each, fires]) => {
    const flow: Phase[] = [
      { steps: 5, events: 0, bad: 0 },
      { steps: 30, events: each, bad: each },
      { steps: 10, events: 0, bad: 0 },
    ]
    return {
      name: `${alert}: ${inWindow(each)} events in 5 minutes and all are bad`,
      minutes: 1,
      series: countersOf(slo, flow),
      expects: [
        fires ? { alert, at: 30, fires: [{ labels: home, value: shown(slo, 1) }] } : { alert, at: 30 },
        { alert, at: lengthOf(flow) },
      ],
    }
  })
}

/** A share as it is, or the percentile that it makes: between the limit and the next bucket, as Prometheus interpolates. */
function shown({ part, warn }: Slo, share: number): number {
  if (part.kind === 'bad' || warn === undefined) return share
  const [, higher] = bucketsBeside(part.limit)
  return part.limit + (higher - part.limit) * ((percentileOf(warn) - (1 - share)) / share)
}
