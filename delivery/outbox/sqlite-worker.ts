import { parentPort, workerData } from 'node:worker_threads'
import { OutboxUnavailable } from './outbox.ts'
import { createPoint, type Faults } from './points.ts'
import { explain, isCorrupt, keepsConnection } from './sqlite-faults.ts'
import { createHandlers } from './sqlite-handlers.ts'
import { type Ledger, readLedger } from './sqlite-ledger.ts'
import { openDatabase, type SetAside } from './sqlite-open.ts'
import type { Operation, Operations } from './sqlite-operations.ts'
import { type RoundReply, runRound } from './sqlite-round.ts'

// The thread that owns the file. node:sqlite waits for the disk, and here nobody else waits with it.

export type WorkerOptions = {
  file: string
  busyTimeoutMs: number
  wholeCheckBytes: number
  maxBytes?: number
  faults: Faults
}
/** `hasLeases`: claims were answered in this process, by this thread or one before it. */
export type Request = { operations: Operation[]; now: number; hasLeases: boolean } | 'close'
export type Response = { replies: RoundReply[] } | { setAside: SetAside } | 'closed'

type Open = { ledger: Ledger; handlers: Operations }

const port = parentPort
if (!port) throw new Error('sqlite-worker.ts is started by sqlite.ts as a worker')
const options: WorkerOptions = workerData // sqlite.ts starts us
const { file, busyTimeoutMs, wholeCheckBytes, maxBytes } = options
const onPoint = createPoint(options.faults)
const post = (response: Response) => port.postMessage(response)

let open: Open | undefined
let suspicious = false

function openLedger(now: number, hasLeases: boolean): Open {
  const db = openDatabase({
    ...{ file, busyTimeoutMs, wholeCheckBytes, now, suspicious },
    onSetAside: setAside => post({ setAside }),
  })
  try {
    const ledger = readLedger(db)
    suspicious = false
    return {
      ledger,
      handlers: createHandlers(ledger, { ...(maxBytes !== undefined && { maxBytes }), onPoint, hasLeases }),
    }
  } catch (error) {
    db.close() // or its lock would keep the next attempt out
    throw error
  }
}

function closeLedger(): void {
  try {
    open?.ledger.db.close()
  } finally {
    open = undefined
  }
}

function answer({ operations, now, hasLeases }: Exclude<Request, 'close'>): RoundReply[] {
  try {
    open ??= openLedger(now, hasLeases)
    const { ledger, handlers } = open
    const run = ({ kind, input }: Operation) => handlers[kind](input as never) // `input` belongs to `kind`, see Operation
    // A vacuum is no part of a transaction, so its group holds nothing else; see sqlite.ts.
    if (operations[0]?.kind === 'vacuum') return operations.map(each => ({ value: run(each) }))
    return runRound(ledger.db, ledger.undo, operations, run, onPoint)
  } catch (error) {
    if (isCorrupt(error)) suspicious = true
    if (!keepsConnection(error)) closeLedger()
    const { name, message } = new OutboxUnavailable(explain(error, file))
    return operations.map(() => ({ error: { name, message } }))
  }
}

port.on('message', (request: Request) => {
  if (request === 'close') {
    closeLedger()
    post('closed')
    port.close()
  } else post({ replies: answer(request) })
})
