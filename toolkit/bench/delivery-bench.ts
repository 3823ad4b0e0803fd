import type { DeliveryPlan } from './delivery-plan.ts'
import type { DeliveryPrograms } from './delivery-program.ts'

/** What each group of `bench delivery` is handed. */
export type DeliveryBench = {
  plan: DeliveryPlan
  root: string
  /** Of this run, removed at its end. */
  folder: string
  programs: DeliveryPrograms
  signal: AbortSignal
  print(line: string): void
  /** A new folder in `folder`: a fresh ledger. */
  newFolder(): string
}
