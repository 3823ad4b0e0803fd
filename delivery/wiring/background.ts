import type { Logger } from 'pino'
import type { Complete } from '../config.ts'
import type { Dispatcher } from '../dispatcher.ts'
import type { Intake } from '../intake.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { repeat } from '../upkeep/repeat.ts'
import { createRetention } from '../upkeep/retention.ts'
import type { createStorageMonitor } from '../upkeep/storage.ts'
import type { createObserver } from './observe.ts'

export type BackgroundOptions = {
  outbox: Outbox
  settings: () => Complete
  now: () => number
  log: Logger
  observer: ReturnType<typeof createObserver>
  storage: ReturnType<typeof createStorageMonitor>
  /** Parks what is for destinations that cannot work. */
  park: () => Promise<void>
  prepare: (signal: AbortSignal) => Promise<void>
  /** Absent where this process has not that role. */
  dispatcher: Dispatcher | undefined
  intake: Intake | undefined
  signal: AbortSignal
}

/** Until the end: the ledger made ready, then everything that runs beside requests. Rejects when the ledger is not for us. */
export async function runBackground(options: BackgroundOptions): Promise<void> {
  const { outbox, settings, now, log, observer, storage, park, prepare, dispatcher, intake, signal } = options
  await prepare(signal)
  await park()
  const upkeep = async () => {
    await storage.look()
    observer.onStorage(storage.state())
    await park()
  }
  const retention = createRetention({
    ...{ outbox, now, log, signal, onRun: observer.onRetention },
    settings: () => settings().retention,
  })
  await Promise.all([
    dispatcher?.run(),
    intake?.run(signal),
    repeat(upkeep, () => settings().storage.every, signal),
    dispatcher && repeat(retention, () => settings().retention.every, signal),
  ])
}
