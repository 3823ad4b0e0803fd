import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstAttempt, sampleMessage, sinkTools } from '../testing/sink.ts'
import { createConsoleSink } from './console.ts'

test('a message is one line of the log', async () => {
  const tools = sinkTools()
  const sink = createConsoleSink({ name: 'console' }, tools)
  const outcome = await sink.send(sampleMessage({ text: `two\nlines ${'x'.repeat(3000)}` }), firstAttempt())
  await sink.close()
  assert.deepEqual(outcome, { kind: 'delivered', class: 'success', answer: 'written to the log' })
  assert.equal(tools.lines.length, 1)
  const { level, msg, destination, message } = JSON.parse(tools.lines[0] ?? '')
  assert.deepEqual([level, msg, destination], ['info', 'message', 'console'])
  const { text, ...rest } = message
  assert.equal(text.length, 2000)
  assert.deepEqual(rest, {
    id: 'message-0001',
    type: 'dev.fairlead.flux.ReconciliationFailed',
    subject: 'Kustomization/apps/web',
    severity: 'error',
    reason: 'ReconciliationFailed',
    title: 'Kustomization apps/web failed',
    time: '2026-11-20T11:59:59.000Z',
    state: 'firing',
    count: 1,
    sequence: 7,
  })
})
