/** `steps` times the same number of events, of which some are bad. `restart`: the process is new, and counts from 0. */
export type Phase = { steps: number; events: number; bad: number; restart?: true }

/** What a window of `samples` samples that ends with sample `at` tells: the share of bad events, and how many there were. */
export function lookBack(flow: readonly Phase[], at: number, samples: number): { share: number; bad: number } {
  const steps = expand(flow).slice(Math.max(0, at - samples + 1), at) // sample 0 has no step before it
  const sum = (key: 'events' | 'bad') => steps.reduce((total, step) => total + step[key], 0)
  return { share: sum('bad') / sum('events'), bad: sum('bad') }
}

export const lengthOf = (flow: readonly Phase[]) => flow.reduce((sum, { steps }) => sum + steps, 0)

const expand = (flow: readonly Phase[]) =>
  flow.flatMap(({ steps, ...step }) => Array.from({ length: steps }, () => step))

/**
 * Where counters start: far from 0, because Prometheus extrapolates an increase to the edges of the window, but never below
 * 0, and exact numbers are wanted.
 */
const START = 1_000_000_000

/** The samples of a counter that grows by a part of each step, as promtool writes them; the first is before the first step. */
export function samplesOf(flow: readonly Phase[], part: (phase: Phase) => number): string {
  let last = START
  const parts = flow.map(phase => {
    const by = part(phase)
    const first = (phase.restart ? 0 : last) + by
    last = first + by * (phase.steps - 1)
    return `${first}+${by}x${phase.steps - 1}`
  })
  return [`${START}+0x0`, ...parts].join(' ')
}
