import { recovered, widened } from './problem.ts'
import type { EpisodeState } from './state.ts'
import { type Arrival, episodeDecision, messageOf, type Step } from './step.ts'

/**
 * One alert of Alertmanager, which repeats what is firing to remind us and says when it began. Only a change of state is
 * told; repeats count, and so do copies that come late, from another Alertmanager of the cluster for example.
 */
export function alertStep(state: EpisodeState, arrival: Arrival, known: ReadonlySet<string>, now: number): Step {
  const { problem, ended } = state
  const since = arrival.event.since ?? arrival.event.time
  const repeats = (id: string, next = state): Step => ({ state: next, messages: [], id, fate: 'repeated' })
  if (problem !== undefined) {
    const began = problem.last.since ?? problem.last.time
    if (since < began) return repeats(problem.id)
    if (arrival.event.state === 'resolved') {
      const step = recovered(state, problem, arrival, known, now)
      return { ...step, state: { ...step.state, ended: { id: arrival.id, since, at: now } } }
    }
    if (since === began) return remind(state, arrival, now, repeats)
  } else if (ended !== undefined && since <= ended.since) {
    return repeats(ended.id)
  }
  return tell(state, arrival, since, now)
}

function remind(
  state: EpisodeState,
  arrival: Arrival,
  now: number,
  repeats: (id: string, next: EpisodeState) => Step,
): Step {
  const { problem } = state
  const untold = arrival.destinations.filter(name => !problem?.destinations.includes(name))
  // Reminders of the open episode keep it open, even after it had aged out.
  const widenedProblem = widened(problem && { ...problem, agedOut: false }, arrival, untold, now)
  const next = { ...state, problem: widenedProblem }
  if (untold.length === 0) return repeats(widenedProblem.id, next)
  const because = episodeDecision(`repeats ${widenedProblem.id}, which these were not told`, untold)
  const message = messageOf(arrival.event, {
    id: arrival.id,
    destinations: untold,
    count: widenedProblem.count,
    decisions: [...arrival.decisions, because],
  })
  return { state: next, messages: [message], id: arrival.id, fate: 'told' }
}

function tell(state: EpisodeState, arrival: Arrival, since: string, now: number): Step {
  const { event, id, destinations } = arrival
  const { problem, ...rest } = state
  const decisions = [...arrival.decisions]
  if (problem)
    decisions.push(episodeDecision(`opens another episode: the one of ${problem.id} never recovered`, destinations))
  if (event.state === 'resolved') decisions.push(episodeDecision('no episode was open', destinations))
  const message = messageOf(event, { id, destinations, decisions })
  const next: EpisodeState =
    event.state === 'resolved'
      ? { ...rest, ended: { id, since, at: now } }
      : { ...rest, problem: widened(undefined, arrival, destinations, now) }
  return { state: next, messages: [message], id, fate: destinations.length > 0 ? 'told' : 'unmatched' }
}
