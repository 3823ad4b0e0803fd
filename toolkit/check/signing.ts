import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import { pinOf } from '../tools/pins.ts'
import type { Verdict } from './parts.ts'
import { runToolTests } from './tool-tests.ts'

/** The tests of signing and of what is signed, with the real cosign, a real registry, and a Fulcio of their own. */
export async function checkSigning(context: Context): Promise<Verdict> {
  try {
    const { release } = await prepareTool(pinOf('cosign'), context)
    const fulcio = await prepareTool(pinOf('fulcio'), context)
    for (const name of ['registry', 'crane']) await prepareTool(pinOf(name), context)
    const count = await runToolTests('toolkit/**/*.cosign.test.ts', context.env, context)
    return { word: 'passed', detail: `cosign ${release}, fulcio ${fulcio.release}: ${count} tests` }
  } catch (error) {
    if (error instanceof NoGo) return { word: 'not run', detail: `there is no cosign or fulcio: ${error.message}` }
    return { word: 'FAILED', detail: (error as Error).message } // runToolTests and prepareTool throw nothing else
  }
}
