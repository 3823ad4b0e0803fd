import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'
import { need } from '../tools/need.ts'
import type { Verdict } from './parts.ts'
import { runToolTests } from './tool-tests.ts'

/** Pushes, the gate and the packages of charts against a real registry, with the real crane and helm. */
export async function checkRegistry(context: Context): Promise<Verdict> {
  try {
    const { release } = await need('crane', context)
    for (const name of ['registry', 'helm']) await need(name, context)
    const count = await runToolTests('toolkit/**/*.crane.test.ts', context.env, context)
    return { word: 'passed', detail: `crane ${release}: ${count} tests of push, gate and charts on a registry` }
  } catch (error) {
    if (error instanceof NotRun) return { word: 'not run', detail: error.message }
    context.print((error as Error).message) // need and runToolTests throw nothing else
    return { word: 'FAILED', detail: 'see above' }
  }
}
