import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import { pinOf } from '../tools/pins.ts'
import type { Verdict } from './parts.ts'
import { runToolTests } from './tool-tests.ts'

/** The tests of `scan` and `sbom` that run the real Trivy, on a database and on images of their own. */
export async function checkTrivy(context: Context): Promise<Verdict> {
  try {
    const { release } = await prepareTool(pinOf('trivy'), context)
    // The database is written by the second, and fetched from a registry, as people fetch it.
    for (const name of ['trivy-database', 'registry', 'crane']) await prepareTool(pinOf(name), context)
    const count = await runToolTests('toolkit/{scan,sbom}/*.trivy.test.ts', context.env, context)
    return { word: 'passed', detail: `trivy ${release}: ${count} tests` }
  } catch (error) {
    if (error instanceof NoGo) return { word: 'not run', detail: `there is no trivy: ${error.message}` }
    return { word: 'FAILED', detail: (error as Error).message } // runToolTests and prepareTool throw nothing else
  }
}
