import type { Message } from '../message.ts'
import type { Attempt, Filter, Outbox } from './outbox.ts'
import { State } from './sqlite-ledger.ts'
import type { Input, Kind, Output, Place } from './sqlite-operations.ts'

type Call = <K extends Kind>(kind: K, input: Input<K>) => Promise<Output<K>>
type Wanted = Filter & { messageId?: string }

/** Messages looked at, and deliveries changed, in one step: a step takes a few milliseconds, and commits go in between. */
const STEP = 2000
const DEFAULT_LIST = 100

/** What operators ask for goes through the ledger in steps, however large it is. */
export function createOperatorCalls(
  call: Call,
  parse: (body: string, sequence: number) => Message,
): Pick<Outbox, 'find' | 'list' | 'listUnmatched' | 'replay' | 'discard'> {
  async function startOf({ after }: Wanted): Promise<number> {
    const start = after === undefined ? 0 : await call('sequenceOf', { messageId: after })
    if (start === undefined) throw new Error(`list: there is no message "${after}" to go on after`)
    return start
  }

  /** Places that fit, oldest first; at least `limit`, when there are so many, and never a part of a message's. */
  async function search(filter: Wanted, limit: number): Promise<Place[]> {
    const found: Place[] = []
    let from: number | undefined = await startOf(filter)
    while (from !== undefined) {
      const { places, next }: Output<'match'> = await call('match', { filter, from, max: STEP })
      found.push(...places)
      const last = found[limit - 1]
      if (last) return found.slice(0, found.findLastIndex(each => each.seq === last.seq) + 1)
      from = next
    }
    return found
  }

  async function inSteps(places: Place[], change: (part: Place[], start: number) => Promise<number>): Promise<number> {
    let count = 0
    for (let n = 0; n < places.length; n += STEP) count += await change(places.slice(n, n + STEP), n)
    return count
  }

  return {
    async find(messageId) {
      const found = await call('find', { messageId })
      if (!found) return undefined
      const attempts = found.deliveries.flatMap(({ tries }): Attempt[] => (tries === null ? [] : JSON.parse(tries)))
      return {
        message: parse(found.body, found.sequence),
        decisions: JSON.parse(found.decisions),
        deliveries: found.deliveries.map(({ tries: _, ...delivery }) => delivery),
        attempts: attempts.sort((a, b) => a.at - b.at),
      }
    },
    async list(filter) {
      const rows = await call('show', { places: await search(filter, filter.limit ?? DEFAULT_LIST) })
      return rows.map(({ sequence, body, delivery }) => ({ message: parse(body, sequence), delivery }))
    },
    async listUnmatched({ limit = DEFAULT_LIST, ...page }) {
      const found: Message[] = []
      let from: number | undefined = await startOf(page)
      while (from !== undefined && found.length < limit) {
        const step: Output<'unmatched'> = await call('unmatched', {
          page,
          from,
          max: STEP,
          limit: limit - found.length,
        })
        found.push(...step.rows.map(({ sequence, body }) => parse(body, sequence)))
        from = step.next
      }
      return found
    },
    async replay(filter, now, spreadMs) {
      const one = filter.messageId !== undefined
      const state = filter.state ?? (one ? undefined : 'dead')
      if (state !== undefined && state !== 'dead' && !(one && state === 'discarded')) return 0
      const { limit = Number.POSITIVE_INFINITY } = filter
      const places = await search({ ...filter, ...(state && { state }) }, limit)
      const taken = places.slice(0, limit)
      const states = one ? [State.dead, State.discarded] : [State.dead]
      return inSteps(taken, (part, start) => {
        const dueTimes = part.map((_, n) => now + Math.floor((spreadMs * (start + n)) / taken.length))
        return call('replay', { places: part, states, dueTimes })
      })
    },
    async discard(filter, now) {
      const { limit = Number.POSITIVE_INFINITY } = filter
      const places = await search(filter, limit)
      return inSteps(places.slice(0, limit), part => call('discard', { places: part, now }))
    },
  }
}
