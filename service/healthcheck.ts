import { addressOf, askHealth } from '../lib/healthcheck.ts'

/** Less than the timeout of the image's HEALTHCHECK, so that the reason is told. */
const TIMEOUT_MS = 4000

// Liveness, not readiness: engines restart what is unhealthy, and a database that is away is nothing a restart heals.
const problem = await askHealth({ ...addressOf(process.env), path: '/livez' }, TIMEOUT_MS)
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
