import type { NewMessage } from '../outbox/outbox.ts'
import { foldIntoRun } from './runs.ts'
import { type EpisodeState, keptOf, type Problem } from './state.ts'
import { type Arrival, type EpisodeSettings, episodeDecision, messageOf, type Step, span, union } from './step.ts'

/** An error opens the problem or belongs to the open one; whether it is told is a matter of its run. */
export function failed(state: EpisodeState, arrival: Arrival, now: number, settings: EpisodeSettings): Step {
  const step = foldIntoRun(state, arrival, now, settings)
  const told = step.messages[0]?.destinations ?? []
  return { ...step, state: { ...step.state, problem: widened(state.problem, arrival, told, now) } }
}

export function widened(
  problem: Problem | undefined,
  { id, event }: Arrival,
  told: readonly string[],
  now: number,
): Problem {
  const open = problem?.agedOut === false ? problem : undefined
  return {
    id: open?.id ?? id,
    openedAt: open?.openedAt ?? now,
    lastAt: now,
    count: (open?.count ?? 0) + 1,
    destinations: union(problem?.destinations ?? [], told),
    last: keptOf(event),
    agedOut: false,
  }
}

/** Told once, to whoever was told of the problem and whom the rules name; then the problem and its runs are gone. */
export function recovered(
  state: EpisodeState,
  problem: Problem,
  arrival: Arrival,
  known: ReadonlySet<string>,
  now: number,
): Step {
  const { problem: _, ...rest } = state
  const before = problem.destinations.filter(name => known.has(name))
  const destinations = union(before, arrival.destinations)
  const message = messageOf(arrival.event, {
    id: arrival.id,
    ...(arrival.once && { once: arrival.once }),
    state: 'resolved',
    text: `${arrival.event.text}\n${history(problem, now)}`.trim(),
    count: problem.count,
    destinations,
    decisions: [...arrival.decisions, episodeDecision(`closes the episode that ${problem.id} opened`, before)],
  })
  const runs = state.runs.filter(run => run.last.state !== 'firing')
  return { state: { ...rest, runs }, messages: [message], id: arrival.id, fate: 'recovered' }
}

const history = ({ count, openedAt, last }: Problem, now: number) =>
  `Recovered after ${span(now - openedAt)}${count > 1 ? `, seen ${count} times` : ''}: ${last.title}`

/** A recovery that never came is recorded and told to nobody: nothing is known but silence. */
export function agedOut(problem: Problem, id: string, maxAgeMs: number): NewMessage {
  return messageOf(problem.last, {
    id,
    type: 'dev.fairlead.episode.agedOut',
    state: 'event',
    title: `${problem.last.title}: no news for ${span(maxAgeMs)}`,
    count: problem.count,
    destinations: [],
    decisions: [
      episodeDecision(`ends the episode that ${problem.id} opened: no repeat and no recovery for ${span(maxAgeMs)}`),
    ],
    once: { key: `aged/${problem.id}`, forMs: maxAgeMs },
  })
}
