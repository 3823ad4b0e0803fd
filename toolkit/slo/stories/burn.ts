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
 * the middle. Then a pace just below the limit, which ends the alert as soon as the burst is out of the shorter window. Much
 * traffic before keeps the pair with the longer windows quiet, and so does the restful pace the one with the shorter.
 */
function nearLimit(plan: Plan, slo: Slo, alert: string, pair: Pair): Story {
  const step = stepOf(pair)
  const [long, short] = [pair.long / step, pair.short / step]
  const half = long / 2
  const limit = limitOf(pair, slo)
  const badOf = (times: number) => Math.round((times * limit * EVENTS * (long - 1)) / half)
  const calm = (steps: number): Phase => ({ steps, events: EVENTS, bad: 0 })
  const burst = (steps: number, times: number): Phase => ({ steps, events: EVENTS, bad: badOf(times) })
  const tail: Phase = { steps: short + 2, events: EVENTS, bad: Math.round(0.98 * limit * EVENTS) }
  const before: Phase[] = [{ steps: long, events: 20 * EVENTS, bad: 0 }, calm(half + 1)]
  const untilFirst = [...before, burst(half, 0.98)]
  const flow: Phase[] = [
    ...untilFirst,
    calm(half + 1),
    burst(half / 2, 1.02),
    { ...burst(half / 2, 1.02), restart: true },
    tail,
    calm(2),
  ]
  const firing = lengthOf(flow) - tail.steps - 2
  const ended = firing + short - 1
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
      fires(ended - 1),
      quiet(ended),
    ],
  }
}

/** A night without traffic in which all that comes fails: as many as tell somebody, and one less before. */
function fewEvents(slo: Slo, alert: string, pair: Pair): Story {
  const step = stepOf(pair)
  const long = pair.long / step
  const nothing: Phase = { steps: long, events: 0, bad: 0 }
  const last = long + slo.leastBad
  return {
    name: `${alert}: ${slo.name}, ${slo.leastBad} events and all are bad, ${pair.long} and ${pair.short} minutes`,
    minutes: step,
    series: countersOf(slo, [nothing, { steps: slo.leastBad, events: 1, bad: 1 }, nothing]),
    expects: [
      { alert, at: (last - 1) * step },
      { alert, at: last * step, fires: [{ labels: home, value: 1 }] },
      { alert, at: (last + long) * step },
    ],
  }
}
