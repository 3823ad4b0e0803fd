import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runProgram } from '../lib/test-process.ts'
import { startProcess } from './testing/process.ts'
import { livenessOf } from './wiring/liveness.ts'

const program = [join(import.meta.dirname, 'healthcheck.ts')]

async function write(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'healthcheck-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'delivery.yaml')
  await writeFile(file, text)
  return file
}

test('the health check of the image asks where the file says, and tells what is wrong', async t => {
  const file = await write(t, 'probes: { live: /alive }\n')
  const delivery = await startProcess(t, { DELIVERY_CONFIG: file })
  const { port } = new URL(delivery.url)
  const healthy = runProgram(t, program, { PORT: port, DELIVERY_CONFIG: file })
  assert.deepEqual([await healthy.exited, healthy.stderr()], [{ code: 0, signal: null }, ''])

  const elsewhere = runProgram(t, program, { PORT: port })
  assert.deepEqual(await elsewhere.exited, { code: 1, signal: null })
  assert.match(elsewhere.stderr(), /\/healthz answered 404\n$/)
})

for (const [text, expected] of [
  ['probes: { port: 9000 }', { path: '/healthz', port: 9000 }],
  ['probes: { live: /alive, port: 0 }', { path: '/alive' }],
  ['probes: [', { path: '/healthz' }],
  ['probes: { live: 3 }', { path: '/healthz' }],
] as const) {
  test(`where liveness is asked with ${text}`, async t => {
    assert.deepEqual(await livenessOf({ DELIVERY_CONFIG: await write(t, text) }), expected)
  })
}

test('where liveness is asked without a file, or with one that is gone', async () => {
  assert.deepEqual(await livenessOf({}), { path: '/healthz' })
  assert.deepEqual(await livenessOf({ DELIVERY_CONFIG: '/nowhere/delivery.yaml' }), { path: '/healthz' })
})
