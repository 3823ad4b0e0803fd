import { setTimeout as delay } from 'node:timers/promises'
import type { Event } from './event.ts'
import { createIds } from './ids.ts'
import { createDeadlines } from './intake/deadlines.ts'
import { createEpisodeLane, type Item, type LaneOptions, type Work } from './intake/episode-lane.ts'
import { createLanes } from './intake/lanes.ts'

/** Arrivals of one object that share a commit. */
const TOGETHER = 64
/** The deadlines are looked at that often, because the clock may jump, and no more often than every second. */
const LOOK_MS = { least: 1000, most: 10_000 }

export type IntakeOptions = LaneOptions & {
  random: (size: number) => Uint8Array
}

type Once = { key: string; forMs: number }

export type Intake = {
  /** Resolves when every event is on disk. Rejects when one is not; those that are count as repeats when they come again. */
  accept(events: readonly Event[], once?: Once): Promise<{ ids: string[] }>
  /** Tells what is due now. */
  sweep(): Promise<void>
  /** Reads the open episodes and from then on tells what is due when it is due, until the signal. Never rejects. */
  run(signal: AbortSignal): Promise<void>
  /** Episodes that wait for their recovery, as far as this process knows. */
  open(): number
}

/** Turns events into messages: rules choose, episodes fold, one append writes both. */
export function createIntake(options: IntakeOptions): Intake {
  const { now, log, relistMs } = options
  const deadlines = createDeadlines()
  const episode = createEpisodeLane(options, createIds(now, options.random), deadlines.set)
  const lanes = createLanes<Item>(episode.work, TOGETHER)
  const put = (key: string, work: Work) =>
    new Promise<string>((done, failed) => lanes.add(key, { ...work, done, failed }))

  let swept = Number.NEGATIVE_INFINITY
  async function sweep(): Promise<void> {
    const time = now()
    const due = deadlines.due(time < swept ? undefined : time) // after a step back every deadline is put right
    swept = time
    const results = await Promise.allSettled(due.map(key => put(key, { kind: 'deadline' })))
    const failed = results.find(result => result.status === 'rejected')
    if (failed)
      log.warn({ err: failed.reason, due: due.length }, 'episodes that are due cannot be written; trying again')
  }

  let listed: number | undefined
  async function listWhenDue(): Promise<void> {
    const time = now()
    if (listed !== undefined && (relistMs === undefined || Math.abs(time - listed) < relistMs)) return
    await episode.list()
    listed = time
  }

  return {
    async accept(events, once) {
      const each = (index: number) => once && { ...once, key: index === 0 ? once.key : `${once.key}/${index}` }
      const works = events.map((event, index): [string, Work] => {
        const own = each(index)
        return [event.episode, { kind: 'event', event, ...(own && { once: own }) }]
      })
      // All of them settle first: an answer before that would leave some on their way.
      const results = await Promise.allSettled(works.map(([key, work]) => put(key, work)))
      return { ids: results.map(idOf) }
    },
    sweep,
    open: deadlines.open,
    async run(signal) {
      while (!signal.aborted) {
        try {
          await listWhenDue()
          await sweep()
        } catch (error) {
          log.warn({ err: error }, 'the open episodes cannot be read; trying again')
        }
        const wait = (deadlines.next() ?? Number.POSITIVE_INFINITY) - now()
        const ms = Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, wait))
        await delay(ms, undefined, { signal }).catch(() => {}) // aborted: the loop ends
      }
    },
  }
}

function idOf(result: PromiseSettledResult<string>): string {
  if (result.status === 'rejected') throw result.reason
  return result.value
}
