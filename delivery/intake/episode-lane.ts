import { type EpisodeState, emptyState, parseState, serialiseState } from '../episodes/state.ts'
import type { Arrival, EpisodeSettings, Fate } from '../episodes/step.ts'
import { dueAt, takeArrival, takeDeadline } from '../episodes.ts'
import type { Event } from '../event.ts'
import type { NewMessage, Outbox } from '../outbox/outbox.ts'
import type { CompiledRules } from '../rules.ts'
import { createMemory } from './memory.ts'
import { createRecent } from './recent.ts'

const SCOPE = 'episode'

export type LaneOptions = {
  outbox: Pick<Outbox, 'append' | 'readState' | 'listState'>
  /** Asked for each message, so that a reload needs nothing else. */
  rules: () => CompiledRules
  episodes: EpisodeSettings
  now: () => number
  /** Called after a commit that gave the dispatcher something to do. */
  wake: () => void
  onFate?: (fate: Fate, input: string) => void
  log: { warn(fields: object, sentence: string): void }
  /** Set when other processes write the same outbox: nothing is kept in memory, and all episodes are read anew that often. */
  relistMs?: number
}

export type Work = { kind: 'event'; event: Event; once?: { key: string; forMs: number } } | { kind: 'deadline' }
type Taken = { state: EpisodeState; messages: NewMessage[]; id: string; fates: Fate[]; input: string }
export type Item = Work & { done: (id: string) => void; failed: (error: unknown) => void }

/** What happens to one episode: read its state, take what came, write state and messages in one append, tell who waits. */
export function createEpisodeLane(
  options: LaneOptions,
  newId: () => string,
  onDue: (key: string, at: number | undefined, isOpen: boolean) => void,
) {
  const { outbox, rules, episodes, now, wake, log } = options
  const recent = createRecent()
  const memory = options.relistMs === undefined ? createMemory() : undefined

  /** An episode that cannot be read must not keep its object silent. */
  function parsed(key: string, bytes: Uint8Array): EpisodeState {
    try {
      return parseState(bytes)
    } catch (error) {
      log.warn({ err: error, episode: key }, 'the state of an episode cannot be read; it starts anew')
      return emptyState
    }
  }

  /** A copy keeps the time of the first: otherwise copies of copies would never be news. */
  function remember({ key, forMs }: { key: string; forMs: number }, id: string, fates: readonly Fate[]): void {
    if (!fates.includes('duplicate')) recent.add(key, id, now() + forMs)
  }

  async function read(key: string): Promise<EpisodeState> {
    const known = memory?.get(key)
    if (known !== undefined) return known
    const bytes = await outbox.readState(SCOPE, key)
    return bytes === undefined ? emptyState : parsed(key, bytes)
  }

  const report = (key: string, state: EpisodeState) =>
    onDue(key, dueAt(state, episodes), state.problem?.agedOut === false)

  function takeOne(state: EpisodeState, item: Work): Taken {
    const current = rules()
    if (item.kind === 'deadline') {
      const step = takeDeadline(state, newId, current.destinations, now(), episodes)
      return { ...step, id: '', input: step.messages[0]?.input ?? '' }
    }
    const { event, once } = item
    const copied = once && recent.find(once.key, now())
    if (copied !== undefined) return { state, messages: [], id: copied, fates: ['duplicate'], input: event.input }
    const arrival: Arrival = { event, id: newId(), ...current.decide(event), ...(once && { once }) }
    const { fate, ...step } = takeArrival(state, arrival, current.destinations, now(), episodes)
    return { ...step, fates: [fate], input: event.input }
  }

  /** Resolves to the ids that the outbox knows better: another replica has had these bytes. */
  async function append(
    key: string,
    state: EpisodeState,
    messages: readonly NewMessage[],
  ): Promise<Map<string, string>> {
    const entry = { scope: SCOPE, key, bytes: serialiseState(state) }
    const appended = await outbox.append({ messages, state: [entry] }, now())
    if (messages.some(message => message.destinations.length > 0)) wake()
    return new Map(messages.map((message, index) => [message.id, appended[index]?.id ?? message.id]))
  }

  return {
    /** Never rejects: all or none of the items are done. */
    async work(key: string, items: readonly Item[]): Promise<void> {
      try {
        const before = await read(key)
        let state = before
        const steps = items.map(item => {
          const step = takeOne(state, item)
          state = step.state
          return { item, ...step }
        })
        const messages = steps.flatMap(step => step.messages)
        const isNew = state !== before || messages.length > 0
        const ids = isNew ? await append(key, state, messages) : new Map<string, string>()
        memory?.put(key, state)
        report(key, state)
        for (const { item, id, fates, input } of steps) {
          for (const fate of fates) options.onFate?.(fate, input)
          const known = ids.get(id) ?? id
          if (item.kind === 'event' && item.once) remember(item.once, known, fates)
          item.done(known)
        }
      } catch (error) {
        memory?.doubt(key)
        for (const item of items) item.failed(error)
      }
    },
    /** Reports when each episode in the outbox is due. */
    async list(): Promise<void> {
      const all = await outbox.listState(SCOPE)
      memory?.listed(all.map(each => each.key))
      for (const { key, bytes } of all) report(key, parsed(key, bytes))
    },
  }
}
