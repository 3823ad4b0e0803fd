import { Worker } from 'node:worker_threads'
import type { Reply } from './group-commit.ts'
import { OutboxUnavailable } from './outbox.ts'
import type { SetAside } from './sqlite-open.ts'
import type { Operation } from './sqlite-operations.ts'
import type { RoundReply } from './sqlite-round.ts'
import type { Request, Response, WorkerOptions } from './sqlite-worker.ts'

export type Thread = {
  /** One round at a time: the caller waits for the answer before it asks again. */
  run(operations: Operation[]): Promise<Reply<unknown>[]>
  close(): Promise<void>
}

// In a bundle the worker is an entry of its own beside the program, as JavaScript.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js',
  import.meta.url,
)

/** The worker that has the file. When it ends unasked, what was under way is unavailable, and the next round starts another. */
export function createThread(
  options: WorkerOptions,
  { now, onSetAside }: { now: () => number; onSetAside(what: SetAside): void },
): Thread {
  let worker: Worker | undefined
  let waiting: { resolve(replies: Reply<unknown>[]): void; reject(error: Error): void } | undefined
  /** Until a claim was answered, whatever is lent in the file belongs to a process that has ended. */
  let hasLeases = false
  let closed: PromiseWithResolvers<void> | undefined

  function start(): Worker {
    const started = new Worker(workerUrl, { workerData: options, name: 'outbox' })
    started.on('message', (response: Response) => {
      if (response === 'closed') return
      if ('setAside' in response) return onSetAside(response.setAside)
      waiting?.resolve(response.replies.map(asReply))
      waiting = undefined
    })
    let reason = 'it ended'
    started.on('error', error => {
      reason = error instanceof Error ? error.message : String(error)
    })
    started.on('exit', () => {
      worker = undefined
      waiting?.reject(
        new OutboxUnavailable(`the thread of the ledger ${options.file} failed: ${reason}; it starts again`),
      )
      waiting = undefined
      closed?.resolve()
    })
    return started
  }

  const send = (request: Request) => {
    worker ??= start()
    worker.postMessage(request)
  }

  return {
    run(operations) {
      if (closed) return Promise.reject(new OutboxUnavailable(`the ledger ${options.file} was closed`))
      const { promise, resolve, reject } = Promise.withResolvers<Reply<unknown>[]>()
      waiting = {
        reject,
        resolve(replies) {
          hasLeases ||= operations.some(({ kind }, n) => kind === 'claim' && 'value' in (replies[n] ?? {}))
          resolve(replies)
        },
      }
      send({ operations, now: now(), hasLeases })
      return promise
    },
    close() {
      if (closed) return closed.promise
      closed = Promise.withResolvers()
      if (worker) send('close')
      else closed.resolve()
      return closed.promise
    },
  }
}

const asReply = (reply: RoundReply): Reply<unknown> => {
  if ('value' in reply) return reply
  const { name, message } = reply.error
  return { error: name === 'OutboxUnavailable' ? new OutboxUnavailable(message) : new Error(message) }
}
