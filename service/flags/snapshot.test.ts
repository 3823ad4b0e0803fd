import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Answer } from './answer.ts'
import { flagNames } from './known.ts'
import { createSnapshot } from './snapshot.ts'

const names = () => flagNames
const fixed = (value: boolean): Answer => ({ kind: 'fixed', value })

/** Questions stay open until the test answers them, oldest first. */
function openQuestions() {
  const waiting: ((answer: Answer) => void)[] = []
  const ask = () => new Promise<Answer>(resolve => waiting.push(resolve))
  const answerAll = async (answer: Answer) => {
    for (const resolve of waiting.splice(0)) resolve(answer)
    await setImmediate()
  }
  return { ask, answerAll, waiting }
}

test('a storm of events during a refresh makes one more refresh, after it', async t => {
  const { ask, answerAll, waiting } = openQuestions()
  let refreshed = 0
  const snapshot = createSnapshot(names, ask, () => refreshed++)
  t.after(() => snapshot.close())
  for (let i = 0; i < 100; i++) snapshot.refresh()
  assert.equal(waiting.length, flagNames.length)
  await answerAll(fixed(false))
  assert.deepEqual(snapshot.get('tracing_enabled'), fixed(false))
  assert.equal(waiting.length, flagNames.length)
  await answerAll(fixed(true))
  assert.deepEqual(snapshot.get('tracing_enabled'), fixed(true))
  assert.deepEqual([waiting.length, refreshed], [0, 2])
})

test('an unknown answer keeps what was known, a default does not', async t => {
  const { ask, answerAll } = openQuestions()
  const snapshot = createSnapshot(names, ask, () => {})
  t.after(() => snapshot.close())
  for (const [answer, expected] of [
    [{ kind: 'unknown' }, undefined],
    [fixed(true), fixed(true)],
    [{ kind: 'unknown' }, fixed(true)],
    [{ kind: 'default' }, { kind: 'default' }],
  ] as [Answer, Answer | undefined][]) {
    snapshot.refresh()
    await answerAll(answer)
    assert.deepEqual(snapshot.get('metrics_enabled'), expected)
  }
})

test('an answer that arrives after the close changes nothing', async () => {
  const { ask, answerAll } = openQuestions()
  const snapshot = createSnapshot(names, ask, () => assert.fail('closed'))
  snapshot.refresh()
  snapshot.close()
  await answerAll(fixed(true))
  assert.equal(snapshot.get('tracing_enabled'), undefined)
  snapshot.refresh()
  await answerAll(fixed(true))
})
