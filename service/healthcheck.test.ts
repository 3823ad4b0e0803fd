import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram } from '../lib/test-process.ts'
import { startProcess } from './testing/process.ts'

const program = [join(import.meta.dirname, 'healthcheck.ts')]

test('the health check of the image: 0 while the service answers, 1 with the reason when it does not', async t => {
  const service = await startProcess(t, {})
  const { port } = new URL(service.url)
  const healthy = runProgram(t, program, { PORT: port })
  assert.deepEqual([await healthy.exited, healthy.stderr()], [{ code: 0, signal: null }, ''])

  service.child.kill('SIGKILL')
  await service.exited
  const ill = runProgram(t, program, { PORT: port })
  assert.deepEqual(await ill.exited, { code: 1, signal: null })
  assert.match(ill.stderr(), /^http:\/\/127\.0\.0\.1:\d+\/livez: connect ECONNREFUSED/)
})
