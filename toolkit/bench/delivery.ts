import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../step.ts'
import { benchAnswers } from './delivery-answers.ts'
import type { DeliveryBench } from './delivery-bench.ts'
import { benchCommits } from './delivery-commits.ts'
import { benchDrain } from './delivery-drain.ts'
import { benchGrowth } from './delivery-growth.ts'
import { benchIntake } from './delivery-intake.ts'
import { parseDeliveryPlan } from './delivery-plan.ts'
import { deliveryPrograms } from './delivery-program.ts'
import { benchDeliveryStart } from './delivery-start.ts'
import { interferenceNote, watchOthers } from './proc.ts'

const steps = {
  intake: benchIntake,
  commits: benchCommits,
  answers: benchAnswers,
  drain: benchDrain,
  start: benchDeliveryStart,
  growth: benchGrowth,
}

/** `./fairlead bench delivery`: the real process on SQLite, each figure to one of the same run. */
export async function benchDelivery(args: string[], context: Context): Promise<number> {
  const plan = parseDeliveryPlan(args)
  const { root, signal, print } = context
  const others = watchOthers()
  const folder = await mkdtemp(join(tmpdir(), 'bench-delivery-'))
  let ledgers = 0
  const newFolder = () => join(folder, `ledger-${++ledgers}`)
  const bench: DeliveryBench = { plan, root, folder, programs: deliveryPrograms(root), signal, print, newFolder }
  try {
    print(`${plan.rounds} rounds (starts: ${plan.starts}), medians and ratios of medians; ledgers in ${tmpdir()}`)
    for (const group of plan.groups) await steps[group](bench, context)
    print(`\n${interferenceNote(others())}`)
    return 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
