import { describe } from 'node:test'
import { againContract } from './contract/again.ts'
import { appendContract } from './contract/append.ts'
import { claimContract } from './contract/claim.ts'
import { clockContract } from './contract/clock.ts'
import { commitsContract } from './contract/commits.ts'
import { crashContract } from './contract/crash.ts'
import { onceContract } from './contract/once.ts'
import { operatorContract } from './contract/operator.ts'
import { orderContract } from './contract/order.ts'
import { pauseContract } from './contract/pause.ts'
import { retentionContract } from './contract/retention.ts'
import type { Open } from './contract/sample.ts'
import { settleContract } from './contract/settle.ts'
import { stateContract } from './contract/state.ts'
import { unmatchedContract } from './contract/unmatched.ts'

/** What every store must do, whatever it is made of: a store's own test file calls this with a way to open an empty one. */
export function outboxContract(name: string, open: Open): void {
  describe(`outbox contract: ${name}`, () => {
    appendContract(open)
    againContract(open)
    onceContract(open)
    commitsContract(open)
    stateContract(open)
    claimContract(open)
    settleContract(open)
    orderContract(open)
    clockContract(open)
    crashContract(open)
    pauseContract(open)
    operatorContract(open)
    unmatchedContract(open)
    retentionContract(open)
  })
}
