import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { startService } from '../../testing/service.ts'
import { startFaulty, untilStatus, valued } from './faulty.ts'

/** For the test of every variable: with FAULTS_ENABLED the flags make requests fail, without it nothing of them is there. */
export async function showFaults(t: TestContext): Promise<void> {
  const faulty = await startFaulty(t, { fault_error_rate: valued(1) })
  await untilStatus(t, faulty.url, 500)
  const { app, url } = await startService(t)
  assert.ok(!app.routes.some(({ method }) => method === 'ALL'), 'a middleware on every request')
  assert.doesNotMatch(await (await fetch(`${url}/metrics`)).text(), /fault/)
}
