import { parseOptions } from '../options.ts'
import type { LoadOptions } from './load.ts'
import { parseGroup, parseNumber } from './plan.ts'

const groups = ['intake', 'commits', 'answers', 'drain', 'start', 'growth'] as const
type Group = (typeof groups)[number]

export type DeliveryPlan = {
  groups: readonly Group[]
  rounds: number
  load: LoadOptions
  /** Of the group answers: it needs more of them for a p99. */
  answerSeconds: number
  /** Deliveries of one round, and the one large backlog. */
  deliveries: number
  backlog: number
  starts: number
  /** Of the ledgers that are compared, and how many messages are appended and claimed to compare them. */
  ledgers: readonly number[]
  ledgerMessages: number
}

export const deliveryHelp = `Of the delivery plane: ./fairlead bench delivery [options]

  --quick             small counts, under a minute: shows that it runs, its figures say little
  --full              a ledger of 1,000,000 messages, too; takes some minutes and 2 GB in TMPDIR
  --rounds <n>        default 5, and twice as many of starts (quick 1 and as many)
  --seconds <n>       of load on each process in each round, after half as many to warm up; default 2 (quick 0.5)
  --connections <n>   default 64
  --only <group>      intake: what is on disk before it is answered, to the same without a disk
                      commits: messages per commit when each takes 5 ms longer
                      answers: the p99 of the answer while the destination is slow
                      drain: deliveries per second, and a backlog
                      start: time to the first answer, and memory
                      growth: the ledger with many messages to the ledger with few

How to read it: docs/benchmarks-delivery.md.`

export function parseDeliveryPlan(args: string[]): DeliveryPlan {
  const { values } = parseOptions(args, {
    quick: { type: 'boolean' },
    full: { type: 'boolean' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string' },
  })
  const { seconds: usualSeconds, ...counts } = values.quick
    ? { rounds: 1, seconds: 0.5, deliveries: 500, backlog: 2000, ledgers: [1000, 10_000], ledgerMessages: 500 }
    : { rounds: 5, seconds: 2, deliveries: 5000, backlog: 100_000, ledgers: [1000, 100_000], ledgerMessages: 2000 }
  const rounds = parseNumber('--rounds', values.rounds, /^\d{1,4}$/) ?? counts.rounds
  const seconds = parseNumber('--seconds', values.seconds, /^\d{1,4}(\.\d{1,3})?$/) ?? usualSeconds
  const connections = parseNumber('--connections', values.connections, /^\d{1,4}$/) ?? 64
  return {
    ...counts,
    groups: values.only === undefined ? groups : [parseGroup(values.only, groups)],
    rounds,
    load: { connections, seconds, warmUpSeconds: seconds / 2 },
    answerSeconds: seconds * 2,
    starts: values.quick ? rounds : rounds * 2,
    ledgers: values.full ? [...counts.ledgers, 1_000_000] : counts.ledgers,
  }
}
