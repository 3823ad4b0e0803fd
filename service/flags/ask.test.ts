import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Details } from './answer.ts'
import { createAsk } from './ask.ts'

const context = { targetingKey: '', route: '', environment: 'local' }

test('after a timeout nobody asks until the pause is over', async () => {
  let now = 0
  let calls = 0
  let answer: Promise<Details> = new Promise(() => {})
  const codes: (string | undefined)[] = []
  const evaluate = () => {
    calls++
    return answer
  }
  const ask = createAsk(
    evaluate,
    evaluation => codes.push(evaluation.errorCode ?? evaluation.reason),
    20,
    () => now,
  )
  assert.deepEqual(await ask('tracing_enabled', false, context), { kind: 'unknown' })
  answer = Promise.resolve({ value: true, reason: 'STATIC' })
  now = 999
  assert.deepEqual(await ask('tracing_enabled', false, context), { kind: 'unknown' })
  assert.equal(calls, 1)
  now = 1000
  assert.deepEqual(await ask('tracing_enabled', false, context), { kind: 'fixed', value: true })
  assert.equal(calls, 2)
  assert.deepEqual(codes, ['TIMEOUT', 'STALE', 'STATIC'])
})

test('an evaluation that rejects is an unknown answer, counted', async () => {
  const codes: (string | undefined)[] = []
  const ask = createAsk(
    () => Promise.reject(new Error('a hook threw')),
    evaluation => codes.push(evaluation.errorCode),
  )
  assert.deepEqual(await ask('tracing_enabled', false, context), { kind: 'unknown' })
  assert.deepEqual(codes, ['GENERAL'])
})
