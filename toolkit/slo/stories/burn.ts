import { limitOf, type Pair, speeds } from '../burn.ts'
import type { Plan, Slo } from '../plan.ts'
import { countersOf } from './counters.ts'
import { lengthOf, lookBack, type Phase } from './flow.ts'
import { type Expectation, home, type Story } from './story.ts'
import { strangersOf } from './strangers.ts'

/** Events between two samples, enough for whole numbers within a percent of any limit. */
const EVENTS = 1_000_000

/** Minutes between two samples: the shorter window of the pair sees five or six of them. */
const stepOf = ({ short }: Pair) => (short === 5 ? 1 : short / 6)

export const burnStories = (plan: Plan, slo: Slo): Story[] =>
  speeds.flatMap(({ name, pairs }) =>
    pairs.flatMap(pair => {
      const alert = `${slo.burnAlert}${name}`
      return [nearLimit(plan, slo, alert, pair), fewEvents(slo, alert, pair)]
    }),
  )

/**
 * Two bursts of bad events, spread over half of the long window: 2 % too few to tell, then 2 % too many, with a restart in
 * the middle. Then a pace just above the limit, which keeps the alert up, and one just below, which ends it as soon as the
 * shorter window has seen enough of it. Much traffic before keeps the pair with the longer windows quiet, and the restful
 * pace of the bursts the one with the shorter.
 */
function nearLimit(plan: Plan, slo: Slo, alert: string, pair: Pair): Story {
  const step = stepOf(pair)
  const [long, short] = [pair.long / step, pair.short / step]
  const half = long / 2
  const limit = limitOf(pair, slo)
  const badOf = (times: number) => Math.round((times * limit * EVENTS * (long - 1)) / half)
  const calm = (steps: number): Phase => ({ steps, events: EVENTS, bad: 0 })
  const burst = (steps: number, times: number): Phase => ({ steps, events: EVENTS, bad: badOf(times) })
  const pace = (steps: number, times: number): Phase => ({
    steps,
    events: EVENTS,
    bad: Math.round(times * limit * EVENTS),
  })
  const before: Phase[] = [{ steps: long, events: 20 * EVENTS, bad: 0 }, calm(half + 1)]
  const untilFirst = [...before, burst(half, 0.98)]
  const flow: Phase[] = [
    ...untilFirst,
    calm(half + 1),
    burst(half / 2, 1.02),
    { ...burst(half / 2, 1.02), restart: true },
    pace(short, 1.03),
    pace(short, 0.975),
  ]
  const firing = lengthOf(flow) - 2 * short
  // Of the four or five steps in the shorter window, the alert bears two that are slower, and not three.
  const ended = lengthOf(flow) - short + 3
  const fires = (at: number): Expectation => ({
    alert,
    at: at * step,
    fires: [{ labels: home, value: lookBack(flow, at, long).share }],
  })
  const quiet = (at: number): Expectation => ({ alert, at: at * step })
  return {
    name: `${alert}: ${slo.name}, ${pair.long} and ${pair.short} minutes, just below and just above the limit`,
    minutes: step,
    series: [...countersOf(slo, flow), ...strangersOf(plan, slo, [pair.short, pair.long], lengthOf(flow))],
    expects: [
      quiet(lengthOf(before)),
      quiet(lengthOf(untilFirst)),
      quiet(firing - 1),
      fires(firing),
      fires(ended - 3),
      fires(ended - 1),
      quiet(ended),
    ],
  }
}

/**
 * A night without traffic in which the little that comes fails: as much as tells somebody, and one less before. It comes as
 * slowly as the window allows, so that shorter ones see less of it. As many have failed before the window, among so many
 * others that longer ones do not mind.
 */
function fewEvents(slo: Slo, alert: string, pair: Pair): Story {
  const step = stepOf(pair)
  const long = pair.long / step
  const every = Math.floor((long - 1) / slo.leastBad)
  const nothing = (steps: number): Phase => ({ steps, events: 0, bad: 0 })
  const before: Phase[] = [{ steps: slo.leastBad, events: 1_000_000, bad: 1 }, nothing(long)]
  const failures = Array.from({ length: slo.leastBad }, (): Phase[] => [
    { steps: 1, events: 1, bad: 1 },
    nothing(every - 1),
  ]).flat()
  const last = lengthOf([...before, ...failures]) - (every - 1)
  return {
    name: `${alert}: ${slo.name}, ${slo.leastBad} events and all are bad, ${pair.long} and ${pair.short} minutes`,
    minutes: step,
    series: countersOf(slo, [...before, ...failures, nothing(long)]),
    expects: [
      { alert, at: (last - every) * step },
      { alert, at: (last - 1) * step },
      { alert, at: last * step, fires: [{ labels: home, value: 1 }] },
      { alert, at: (last + long) * step },
    ],
  }
}
