import type { Message } from './message.ts'

/** What a source told us, before rules and episodes have their say. */
export type Event = Omit<Message, 'id' | 'sequence' | 'schemaVersion' | 'count'> & {
  /** Whose episode it belongs to: one object, or one alert. */
  episode: string
  /** `summed`: repeats become one message with a count. `counted`: the sender repeats to remind us, so they only count. */
  repeats: 'summed' | 'counted'
  /** When the alert began, on all that is told about it: a later one is another episode. */
  since?: string
}
