import { chooseDrills } from '../drill/choose.ts'
import type { After } from './run-stack.ts'

/** How much faster than in earnest everything waits, as in ./fairlead drill. */
const FACTOR = 60

/** Throws UsageError for a name that is none. They run on a stack of their own, over files in which all times are short. */
export function prepareDrills(given: string[]): After {
  const names = chooseDrills(given)
  return {
    name: 'drills',
    async run(context) {
      const { openDrillStack } = await import('../drill/open.ts')
      await using stack = await openDrillStack(context, { factor: FACTOR, project: undefined })
      const results = await (await import('../drill/run.ts')).runDrills(stack, names)
      const failed = results.filter(({ passed }) => !passed).map(({ name }) => name)
      if (failed.length > 0) throw new Error(`see above: ${failed.join(', ')}`)
      return names.join(', ')
    },
  }
}
