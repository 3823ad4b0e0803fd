import type { Faults } from '../outbox/points.ts'

/** Variables of crash tests and benchmarks; nobody else sets them, and prod refuses them. */
const CRASH_AT = 'FAIRLEAD_CRASH_AT'
const SLOW_COMMIT_MS = 'FAIRLEAD_SLOW_COMMIT_MS'

/** Throws in prod: there a crash point could only be a mistake, or worse. */
export function faultsOf(env: NodeJS.ProcessEnv): Faults {
  const crashAt = env[CRASH_AT]
  const slow = env[SLOW_COMMIT_MS]
  const asked = [crashAt ? CRASH_AT : [], slow ? SLOW_COMMIT_MS : []].flat()
  if (asked.length > 0 && env.ENVIRONMENT === 'prod')
    throw new Error(`${asked.join(', ')}: refused when ENVIRONMENT is prod`)
  return { ...(crashAt && { crashAt }), ...(slow && { slowCommitMs: Number(slow) }) }
}
