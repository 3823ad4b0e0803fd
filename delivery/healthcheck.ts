import { addressOf, askHealth } from '../lib/healthcheck.ts'
import { livenessOf } from './wiring/liveness.ts'

/** Less than the timeout of the image's HEALTHCHECK, so that the reason is told. */
const TIMEOUT_MS = 4000

const problem = await askHealth({ ...addressOf(process.env), ...(await livenessOf(process.env)) }, TIMEOUT_MS)
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
