import type { Context } from './step.ts'

/** Something that is needed cannot be had here; one sentence says what. Whatever needs it is then `not run`, which is red. */
export class NotRun extends Error {
  override name = 'NotRun'
}

/** For a step that is not a list of proofs: its exit code, or one line and 1 when it cannot run here. */
export async function orNotRun({ print }: Pick<Context, 'print'>, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NotRun)) throw error
    print(`not run  ${error.message}`)
    return 1
  }
}
