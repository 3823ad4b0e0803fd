import { alertStep } from './episodes/alert.ts'
import { agedOut, failed, recovered } from './episodes/problem.ts'
import { closeWindow, foldIntoRun, runDueAt } from './episodes/runs.ts'
import type { EpisodeState } from './episodes/state.ts'
import type { Arrival, EpisodeSettings, Fate, Step } from './episodes/step.ts'
import type { NewMessage } from './outbox/outbox.ts'

/**
 * How many arrivals of one object are remembered by their bytes over a restart, so that one that Flux sends again is no
 * repeat. Of older ones the outbox still makes one message (`once`), but they count.
 */
const ARRIVALS = 8

/**
 * What an arrival changes and says. `known` are the destinations that exist now. The rules of docs/adr/0011; nothing in
 * here reads a clock or a disk.
 */
export function takeArrival(
  before: EpisodeState,
  arrival: Arrival,
  known: ReadonlySet<string>,
  now: number,
  settings: EpisodeSettings,
): Step {
  const state = atMost(before, now, settings)
  const { event, once } = arrival
  const copy = once && state.arrivals.find(each => each.key === shortKey(once.key) && now < each.until)
  if (copy) return { state: before, messages: [], id: copy.id, fate: 'duplicate' }
  const step =
    event.repeats === 'counted'
      ? alertStep(state, arrival, known, now)
      : objectStep(state, arrival, known, now, settings)
  if (once === undefined) return step
  const arrivals = [
    ...state.arrivals.filter(each => now < each.until),
    { key: shortKey(once.key), id: step.id, until: now + once.forMs },
  ]
  return { ...step, state: { ...step.state, arrivals: arrivals.slice(-ARRIVALS) } }
}

/** Ends in a digest; 96 bits of it tell the arrivals of one object apart. */
const shortKey = (key: string) => key.slice(-16)

function objectStep(
  state: EpisodeState,
  arrival: Arrival,
  known: ReadonlySet<string>,
  now: number,
  settings: EpisodeSettings,
): Step {
  const { event } = arrival
  if (event.state === 'firing') return failed(state, arrival, now, settings)
  // A success from before the error says nothing about it.
  if (event.state === 'resolved' && state.problem && event.time >= state.problem.last.time) {
    const step = recovered(state, state.problem, arrival, known, now)
    const told = { ...arrival, destinations: step.messages[0]?.destinations ?? [] }
    // The same success, told again, is a repeat of this one.
    const { runs } = foldIntoRun(
      { ...step.state, runs: step.state.runs.filter(run => run.last.reason !== event.reason) },
      told,
      now,
      settings,
    ).state
    return { ...step, state: { ...step.state, runs } }
  }
  return foldIntoRun(state, { ...arrival, event: { ...event, state: 'event' } }, now, settings)
}

/** What time alone does: windows end, problems age out, what is over is forgotten. `id` makes the id of a message. */
export function takeDeadline(
  before: EpisodeState,
  id: () => string,
  known: ReadonlySet<string>,
  now: number,
  settings: EpisodeSettings,
): { state: EpisodeState; messages: NewMessage[]; fates: Fate[] } {
  const { problem, ended, ...state } = atMost(before, now, settings)
  const messages: NewMessage[] = []
  const fates: Fate[] = []
  const runs = state.runs.flatMap(run => {
    const closed = closeWindow(
      { ...run, destinations: run.destinations.filter(name => known.has(name)) },
      id,
      now,
      settings,
    )
    if (closed.message) {
      messages.push(closed.message)
      fates.push('summed up')
    }
    return closed.run ?? []
  })
  const next: EpisodeState = { ...state, runs, arrivals: state.arrivals.filter(each => now < each.until) }
  if (ended && now < ended.at + settings.maxAgeMs) next.ended = ended
  if (problem && now < problemDueAt(problem, settings)) next.problem = problem
  else if (problem?.agedOut === false) {
    messages.push(agedOut(problem, id(), settings.maxAgeMs))
    fates.push('aged out')
    next.problem = { ...problem, agedOut: true }
  }
  return { state: next, messages, fates }
}

/** An aged-out problem is remembered as long again: its recovery may still come. */
const problemDueAt = (problem: NonNullable<EpisodeState['problem']>, { maxAgeMs }: EpisodeSettings) =>
  problem.lastAt + maxAgeMs * (problem.agedOut ? 2 : 1)

/** When takeDeadline has something to do; undefined when the state is empty. */
export function dueAt(state: EpisodeState, settings: EpisodeSettings): number | undefined {
  const times = state.runs.map(run => runDueAt(run, settings))
  if (state.problem) times.push(problemDueAt(state.problem, settings))
  if (state.ended) times.push(state.ended.at + settings.maxAgeMs)
  // Not worth a write of their own while anything else is remembered.
  if (times.length === 0) times.push(...state.arrivals.map(each => each.until))
  return times.length === 0 ? undefined : Math.min(...times)
}

/** After a clock that stepped back, nothing may lie further ahead than it could have been put. */
function atMost(state: EpisodeState, now: number, settings: EpisodeSettings): EpisodeState {
  const { problem, ended } = state
  return {
    ...state,
    runs: state.runs.map(run => ({
      ...run,
      lastAt: Math.min(run.lastAt, now),
      until: Math.min(run.until, now + Math.max(run.lengthMs, settings.windowMs)),
    })),
    ...(problem && { problem: { ...problem, lastAt: Math.min(problem.lastAt, now) } }),
    ...(ended && { ended: { ...ended, at: Math.min(ended.at, now) } }),
  }
}
