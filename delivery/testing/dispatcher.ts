import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { AttemptReport, Destination } from '../dispatcher/destination.ts'
import { createProfile } from '../dispatcher/profile.ts'
import { createDispatcher, type DispatcherOptions } from '../dispatcher.ts'
import type { NewMessage, Outbox } from '../outbox/outbox.ts'
import { openSqliteOutbox } from '../outbox/sqlite.ts'
import type { Outcome, Sink } from '../sinks/sink.ts'
import { sampleMessage, sinkTools } from './sink.ts'

/** A ledger in a file of its own. */
export async function openTestOutbox(t: TestContext, now: () => number): Promise<Outbox> {
  const folder = await mkdtemp(join(tmpdir(), 'dispatcher-'))
  const onSetAside = () => {
    throw new Error('a new ledger was found damaged')
  }
  const outbox = await openSqliteOutbox({ file: join(folder, 'outbox.db'), now, onSetAside })
  t.after(async () => {
    await outbox.close()
    await rm(folder, { recursive: true })
  })
  return outbox
}

export const newMessage = (id: string, over: Partial<NewMessage> = {}): NewMessage => {
  const { sequence: _, ...message } = sampleMessage({ id, subject: { kind: 'Kustomization', name: id } })
  return { ...message, destinations: ['phone'], decisions: [], ...over }
}

/** Retries at once, so that a test waits for nothing. */
export const eager = createProfile({ minDelayMs: 1, maxDelayMs: 1, configurationMs: [1], overloadMs: 0, jitter: 0 })

export type FakeSink = Sink & {
  /** Ids in the order in which they were sent. */
  sent: string[]
  isClosed: boolean
  underway: number
  mostUnderway: number
}

/** A sink of another kind: what it does with a message is a function. */
export function fakeSink(
  send: (id: string, signal: AbortSignal) => Outcome | Promise<Outcome> = () => delivered,
  over: Partial<Sink> = {},
): FakeSink {
  const sink: FakeSink = {
    ...{ sent: [], isClosed: false, underway: 0, mostUnderway: 0 },
    async send({ id }, { signal }) {
      sink.sent.push(id)
      sink.underway += 1
      sink.mostUnderway = Math.max(sink.mostUnderway, sink.underway)
      try {
        return await send(id, signal)
      } finally {
        sink.underway -= 1
      }
    },
    async close() {
      sink.isClosed = true
    },
    ...over,
  }
  return sink
}

export const delivered: Outcome = { kind: 'delivered', class: 'success', answer: '200' }
export const busy: Outcome = { kind: 'retry', schedule: 'normal', class: 'server', answer: '503' }

/** Resolves when the signal does; for a sink that hangs. */
export const hang = (signal: AbortSignal) =>
  new Promise<Outcome>(resolve => signal.addEventListener('abort', () => resolve({ ...busy, answer: 'cut' })))

/** A running dispatcher over a ledger of its own, with a clock that the test moves. */
export async function startDispatcher(
  t: TestContext,
  destinations: readonly Destination[],
  over: Partial<DispatcherOptions> = {},
) {
  const clock = { now: Date.now() }
  const now = () => clock.now
  const outbox = over.outbox ?? (await openTestOutbox(t, now))
  const stop = new AbortController()
  const { log, lines } = sinkTools()
  const reports: AttemptReport[] = []
  const waiting = new Set<() => void>()
  const hooks = {
    onAttempt(report: AttemptReport) {
      reports.push(report)
      for (const look of waiting) look()
    },
  }
  const options = { outbox, destinations, log, signal: stop.signal, now, hooks, ...over }
  const dispatcher = createDispatcher(options)
  const running = dispatcher.run()
  const end = async () => {
    stop.abort()
    await running
  }
  t.after(end)
  return {
    ...{ clock, outbox, dispatcher, lines, reports, end },
    async append(...messages: NewMessage[]) {
      await outbox.append({ messages, state: [] }, now())
      dispatcher.wake()
    },
    /** Moves the clock. */
    pass(ms: number) {
      clock.now += ms
      dispatcher.wake()
    },
    /** Resolves when so many attempts have ended. */
    attempts: (count: number) =>
      new Promise<void>(resolve => {
        const look = () => {
          if (reports.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

/** Asks the ledger until it says so; a test that never hears it fails by the runner's own deadline. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 5))
}
