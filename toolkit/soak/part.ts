import type { Context } from '../step.ts'

/** Something that takes too long for every day. */
export type SoakPart = {
  summary: string
  /** What can be counted, and how many there are unless an option says otherwise. */
  counts?: { name: string; usually: number }
  /** Resolves to whether all was well. */
  run(count: number, context: Context): Promise<boolean>
}
