import { type Exit, run } from '../exec.ts'
import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'

/** Runs a linter. Exit codes 0 and `findings` are answers; with any other it broke, and an empty answer would say "clean". */
export async function ask(
  name: string,
  command: readonly [program: string, ...args: string[]],
  { findings, missing }: { findings: readonly number[]; missing?: string },
  { root, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<Exit> {
  const [program, ...args] = command
  const ended = await run(program, args, { cwd: root, env: { ...env, NO_COLOR: '1' }, signal }).catch(error => {
    const { cause } = error as { cause?: { code?: string } } // run gives the reason of the system as the cause
    if (missing !== undefined && cause?.code === 'ENOENT') throw new NotRun(missing, { cause: error })
    throw error
  })
  signal.throwIfAborted()
  if (ended.code === 0 || findings.includes(ended.code)) return ended
  throw new Error(`${name} ended with ${ended.code}: ${`${ended.stderr}${ended.stdout}`.trim() || 'it says nothing'}`)
}
