import type { Event } from '../event.ts'
import type { Message } from '../message.ts'
import type { NewMessage } from '../outbox/outbox.ts'
import type { Decision } from '../rules.ts'
import type { EpisodeState } from './state.ts'

export type EpisodeSettings = {
  /** The first window of repeats; 0 tells every one. */
  windowMs: number
  /** Silence after which an open episode ends. */
  maxAgeMs: number
}

/** An event on its way in: what the rules said, the id that its message will have. */
export type Arrival = {
  event: Event
  id: string
  destinations: readonly string[]
  decisions: readonly Decision[]
  once?: { key: string; forMs: number }
}

/** What became of an arrival or of a deadline, for metrics. */
export type Fate = 'told' | 'unmatched' | 'folded' | 'repeated' | 'duplicate' | 'recovered' | 'summed up' | 'aged out'

/** `id` is the message to ask about: the arrival's own, or the one that it repeats. */
export type Step = { state: EpisodeState; messages: NewMessage[]; id: string; fate: Fate }

export const episodeDecision = (because: string, destinations: readonly string[] = []): Decision => ({
  rule: 'episode',
  matched: destinations.length > 0,
  because,
  destinations,
})

/** A message from an event. What only episodes need stays behind. */
export function messageOf(
  { episode: _, repeats: __, since: ___, ...event }: Event,
  own: Pick<NewMessage, 'id' | 'destinations' | 'decisions'> & Partial<Pick<NewMessage, 'once'>> & Partial<Message>,
): NewMessage {
  return { ...event, schemaVersion: 1, count: 1, ...own }
}

export const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])]

/** `12 min`, `3 h`: for people, rounded down. */
export function span(ms: number): string {
  const [size, unit] = ms < 120_000 ? [1000, 's'] : ms < 7_200_000 ? [60_000, 'min'] : [3_600_000, 'h']
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`
}

export const clockTime = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
