import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutboxUnavailable } from '../outbox/outbox.ts'
import { parseFluxEvent } from '../receiver/flux.ts'
import { fluxEvent } from '../testing/flux-event.ts'
import { MINUTE, START, testIntake } from '../testing/intake.ts'

/** An intake that counts its reads. */
function counting(options: Parameters<typeof testIntake>[0] = {}) {
  const t = testIntake(options)
  const reads: string[] = []
  const { readState } = t.outbox
  t.outbox.readState = async (scope, key) => {
    reads.push(key)
    return await readState(scope, key)
  }
  return { ...t, reads }
}

/** As after a start: reads the episodes, and stops there. */
async function listed(intake: ReturnType<typeof testIntake>['intake']) {
  const stop = new AbortController()
  const running = intake.run(stop.signal)
  await new Promise(setImmediate)
  stop.abort()
  await running
}

const event = (name: string) => parseFluxEvent(fluxEvent({ involvedObject: { name } }), 'flux', START)

test('a process that alone writes episodes reads none that it knows, and none that is not there', async () => {
  const t = counting()
  await t.intake.accept([event('a')])
  await t.intake.accept([event('a')])
  assert.equal(t.reads.length, 1)
  await listed(t.intake)
  await t.intake.accept([event('b')])
  assert.equal(t.reads.length, 1)
  assert.deepEqual(t.fates, ['told', 'folded', 'told'])
})

test('after a restart an episode that is there is read', async () => {
  const t = counting()
  await t.intake.accept([event('a')])
  const restarted = t.restarted()
  await listed(restarted)
  t.reads.length = 0
  await restarted.accept([event('a')])
  assert.equal(t.reads.length, 1)
  assert.equal(t.fates.at(-1), 'folded')
})

test('with several processes each arrival reads', async () => {
  const t = counting({ relistMs: MINUTE })
  await listed(t.intake)
  for (const name of ['a', 'a', 'b']) await t.intake.accept([event(name)])
  assert.equal(t.reads.length, 3)
})

test('after a failed append the outbox tells how things stand', async () => {
  const t = counting()
  await listed(t.intake)
  const { append } = t.outbox
  t.outbox.append = async (batch, now) => {
    await append(batch, now) // it was written, but nobody heard of it
    throw new OutboxUnavailable('the connection broke')
  }
  await assert.rejects(t.intake.accept([event('a')]), OutboxUnavailable)
  t.outbox.append = append
  await t.intake.accept([event('a')])
  assert.equal(t.reads.length, 1)
  assert.deepEqual(t.fates, ['folded'])
})

test('more episodes than memory holds are read again', async () => {
  const t = counting()
  await listed(t.intake)
  for (let n = 0; n < 1001; n += 1) await t.intake.accept([event(`object-${n}`)])
  assert.equal(t.reads.length, 0)
  await t.intake.accept([event('object-0')])
  assert.equal(t.reads.length, 1)
  assert.equal(t.fates.at(-1), 'folded')
})
