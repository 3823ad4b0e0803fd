import type { Event } from '../event.ts'

/**
 * What is remembered about one object or alert, kept in the outbox as one state entry and gone when nothing is open.
 * Times are those of our clock, in ms; `since` and `time` inside events are the senders'.
 */
export type EpisodeState = {
  version: 1
  /** The error that nobody has seen recover. */
  problem?: Problem
  /** The last episode of an alert, so that a late copy of its messages is no news. */
  ended?: { id: string; since: string; at: number }
  runs: Run[]
  /** What came in lately, byte for byte. */
  arrivals: { key: string; id: string; until: number }[]
}

export type Problem = {
  /** The message that told it. */
  id: string
  openedAt: number
  lastAt: number
  count: number
  /** Who was told, and so is told of the recovery. */
  destinations: string[]
  last: Event
  agedOut: boolean
}

/** Repeats of one reason, severity and revision. */
export type Run = {
  id: string
  /** Keys of the texts that were seen (normalise.ts), at most TEXTS. */
  texts: string[]
  /** New texts that are still to be told. */
  news: string[]
  destinations: string[]
  firstAt: number
  lastAt: number
  seen: number
  /** Seen since the last message about it. */
  folded: number
  /** When what was folded is told; each window is twice as long as the one before. */
  until: number
  lengthMs: number
  last: Event
}

export const emptyState: EpisodeState = { version: 1, runs: [], arrivals: [] }

export const isEmpty = ({ problem, ended, runs, arrivals }: EpisodeState) =>
  problem === undefined && ended === undefined && runs.length === 0 && arrivals.length === 0

export const serialiseState = (state: EpisodeState): Uint8Array | undefined =>
  isEmpty(state) ? undefined : Buffer.from(JSON.stringify(state))

/** Throws when the bytes are not what serialiseState wrote. */
export function parseState(bytes: Uint8Array): EpisodeState {
  const state = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<EpisodeState> | null // ours; checked below
  if (state?.version !== 1 || !Array.isArray(state.runs) || !Array.isArray(state.arrivals))
    throw new Error(`expected an episode of version 1, got version ${String(state?.version)}`)
  return state as EpisodeState
}

const KEPT_TEXT = 1000

/** An event without the length: enough to tell about it later. */
export const keptOf = (event: Event): Event =>
  event.text.length <= KEPT_TEXT ? event : { ...event, text: cut(event.text, KEPT_TEXT) }

/** At most `max` UTF-16 units and no half character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const end = max - 1
  const code = text.charCodeAt(end - 1)
  return `${text.slice(0, code >= 0xd800 && code <= 0xdbff ? end - 1 : end)}…`
}
