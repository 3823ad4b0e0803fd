import { OutboxUnavailable } from './outbox.ts'
import type { OnPoint } from './points.ts'
import { isOfTheCall } from './sqlite-faults.ts'
import type { Undo } from './sqlite-memory.ts'
import type { Operation } from './sqlite-operations.ts'

export type RoundReply = { value: unknown } | { error: { name: string; message: string } }

class CallFailed extends Error {
  readonly index: number
  constructor(index: number, cause: unknown) {
    super('a call failed', { cause })
    this.index = index
  }
}

/**
 * Runs the calls of a round in one transaction, so that they share one commit. A call that fails for a reason of its own
 * takes nothing of it with it: the transaction is rolled back and repeated without that call. Throws what is wrong with
 * the file; then nothing of the round was kept.
 */
export function runRound(
  db: { exec(sql: string): void; readonly isTransaction: boolean },
  undo: Undo,
  operations: readonly Operation[],
  run: (operation: Operation) => unknown,
  onPoint: OnPoint,
): RoundReply[] {
  const failed = new Map<number, RoundReply>()
  while (true) {
    try {
      db.exec('begin immediate')
      const replies = operations.map((operation, n) => failed.get(n) ?? attempt(n, () => run(operation)))
      onPoint('before-commit')
      db.exec('commit')
      undo.forget()
      onPoint('after-commit')
      return replies
    } catch (error) {
      // After some faults SQLite has rolled back already.
      if (db.isTransaction) db.exec('rollback')
      undo.run()
      if (!(error instanceof CallFailed)) throw error
      failed.set(error.index, refusal(error.cause))
    }
  }
}

function attempt(index: number, run: () => unknown): RoundReply {
  try {
    return { value: run() }
  } catch (error) {
    // Thrown before the call wrote anything.
    if (error instanceof OutboxUnavailable) return refusal(error)
    if (isOfTheCall(error)) throw new CallFailed(index, error)
    throw error
  }
}

const refusal = (error: unknown): RoundReply => ({
  error:
    error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) },
})
