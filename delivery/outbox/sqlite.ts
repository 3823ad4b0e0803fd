import { type Message, subjectKey } from '../message.ts'
import { createGroups, type Reply } from './group-commit.ts'
import type { Batch, Claim, NewMessage, OnCommit, Outbox } from './outbox.ts'
import type { Faults } from './points.ts'
import type { SetAside } from './sqlite-open.ts'
import type { Input, Kind, MessageRow, Operation, Output } from './sqlite-operations.ts'
import { createOperatorCalls } from './sqlite-operator.ts'
import { createThread } from './sqlite-thread.ts'

export type SqliteOutbox = Outbox & {
  /** Ledgers that were found damaged and set aside since the start: for readiness and metrics. */
  readonly setAside: readonly SetAside[]
}

/** Messages in one commit at most. Groups are as large as the callers that wait; this only bounds the memory of a commit. */
const MAX_GROUP = 1024

const VACUUM_PAGES = 256

/** Read in about a second. */
const WHOLE_CHECK_BYTES = 256 * 1024 * 1024

/**
 * The ledger in one SQLite file. Always resolves: while the file cannot be opened every call rejects with
 * OutboxUnavailable, which says why, and each next call tries again; `check` tells how it stands.
 */
export async function openSqliteOutbox(options: {
  file: string
  now: () => number
  onSetAside(what: SetAside): void
  onCommit?: OnCommit
  /** Beyond this much, new messages are refused; deliveries go on. */
  maxBytes?: number
  busyTimeoutMs?: number
  /** A ledger up to this size is read whole when it is opened; damage in a larger one shows where it is read. */
  wholeCheckBytes?: number
  faults?: Faults
}): Promise<SqliteOutbox> {
  const { file, now, maxBytes, busyTimeoutMs = 2000, wholeCheckBytes = WHOLE_CHECK_BYTES, faults = {} } = options
  const setAside: SetAside[] = []
  const thread = createThread(
    { file, busyTimeoutMs, wholeCheckBytes, faults, ...(maxBytes !== undefined && { maxBytes }) },
    {
      now,
      onSetAside(what) {
        setAside.push(what)
        options.onSetAside(what)
      },
    },
  )
  const groups = createGroups<Operation, unknown>({
    async commit(operations) {
      const replies = await thread.run(operations)
      const written = countWritten(operations, replies)
      if (written > 0) options.onCommit?.(written)
      return replies
    },
    weigh,
    maxWeight: MAX_GROUP,
  })
  // The worker answers a call with what `Operations` says for its kind.
  const call = <K extends Kind>(kind: K, input: Input<K>) =>
    groups.add({ kind, input } as Operation) as Promise<Output<K>>

  return {
    setAside,
    append: ({ messages, state }: Batch, at) => call('append', { messages: messages.map(rowOf), state, now: at }),
    readState: (scope, key) => call('readState', { scope, key }),
    listState: scope => call('listState', { scope }),
    async claim(capacity, at, leaseMs) {
      const rows = await call('claim', { capacity, now: at, leaseMs })
      return rows.map(({ sequence, body, firstAttemptAt, ...rest }): Claim => {
        const message = parseMessage(body, sequence)
        return { message, ...rest, ...(firstAttemptAt !== undefined && { firstAttemptAt }) }
      })
    },
    settle: settlements => call('settle', { settlements }),
    nextDue: destinations => call('nextDue', { destinations }),
    ...createOperatorCalls(call, parseMessage),
    pause: (destination, reason, at) => call('pause', { destination, reason, now: at }),
    resume: destination => call('resume', { destination }),
    paused: () => call('paused', {}),
    counts: () => call('counts', {}),
    async prune(before, limit) {
      const removed = await call('prune', { before, limit })
      let left = Number.POSITIVE_INFINITY
      for (let before = left; left > 0; before = left) {
        left = await call('vacuum', { pages: VACUUM_PAGES })
        if (left >= before) break // somebody needed pages meanwhile, or the file cannot shrink: the next prune goes on
      }
      return removed
    },
    size: () => call('size', {}),
    check: () => call('check', {}),
    async close() {
      await groups.idle()
      await thread.close()
    },
  }
}

const countWritten = (operations: readonly Operation[], replies: readonly Reply<unknown>[]) =>
  operations.reduce((sum, { kind }, n) => {
    const reply = replies[n]
    if (kind !== 'append' || !reply || 'error' in reply) return sum
    const appended = reply.value as Output<'append'> // what the worker answers to this kind
    return sum + appended.filter(each => !each.duplicate).length
  }, 0)

/** A vacuum fills a group of its own. */
const weigh = ({ kind, input }: Operation) => {
  if (kind === 'append') return Math.max(1, input.messages.length)
  return kind === 'vacuum' ? Number.POSITIVE_INFINITY : 1
}

function rowOf({ destinations, decisions, once, ...message }: NewMessage): MessageRow {
  const time = Date.parse(message.time)
  if (Number.isNaN(time)) throw new Error(`message "${message.id}": expected an RFC 3339 time, got "${message.time}"`)
  return {
    id: message.id,
    time,
    subject: subjectKey(message.subject),
    body: JSON.stringify(message),
    decisions: JSON.stringify(decisions),
    destinations,
    once,
  }
}

const parseMessage = (body: string, sequence: number): Message => ({ ...JSON.parse(body), sequence }) // rowOf wrote it
