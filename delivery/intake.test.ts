import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutboxUnavailable } from './outbox/outbox.ts'
import { parseAlertmanager } from './receiver/alertmanager.ts'
import { parseFluxEvent } from './receiver/flux.ts'
import { alert, fluxEvent, notification } from './testing/flux-event.ts'
import { HOUR, MINUTE, START, testIntake } from './testing/intake.ts'

const once = { key: 'flux/bytes', forMs: 10 * MINUTE }
const event = (fields: Record<string, unknown> = {}) => parseFluxEvent(fluxEvent(fields), 'flux', START)

test('the same bytes are one message until their time is over, and do not count as a repeat', async () => {
  const t = testIntake()
  const first = await t.intake.accept([event()], once)
  t.clock.now += 10 * MINUTE - 1
  assert.deepEqual(await t.intake.accept([event()], once), first)
  assert.deepEqual(t.fates, ['told', 'duplicate'])
  assert.equal(t.batches.length, 1, 'a duplicate costs no commit')
  t.clock.now += 1
  assert.notDeepEqual(await t.intake.accept([event()], once), first)
  assert.deepEqual(t.fates, ['told', 'duplicate', 'folded'])
})

test('the same bytes that another replica has had answer with its id', async () => {
  const t = testIntake({ relistMs: MINUTE })
  const first = await t.intake.accept([event()], once)
  t.state.clear() // as if the other one had not written its episode yet
  t.clock.now += 1000
  assert.deepEqual(await t.restarted().accept([event()], once), first)
  assert.equal(t.messages.length, 1)
})

test('a message and the episode that explains it are one append', async () => {
  const t = testIntake()
  await t.flux()
  const [batch] = t.batches
  assert.equal(batch?.messages.length, 1)
  assert.equal(batch?.state.length, 1)
  assert.equal(batch?.state[0]?.scope, 'episode')
})

test('what arrives for one object while a commit is under way shares the next one', async () => {
  const t = testIntake()
  let open = () => {}
  t.control.gate = new Promise(resolve => {
    open = resolve
  })
  const first = t.flux()
  const others = Array.from({ length: 50 }, () => t.flux())
  const elsewhere = t.flux({ involvedObject: { name: 'infra', uid: 'x' } })
  await new Promise(setImmediate)
  t.control.gate = undefined
  open()
  const ids = (await Promise.all([first, ...others, elsewhere])).flatMap(answer => answer.ids)
  assert.equal(new Set(ids).size, 52)
  assert.deepEqual(
    t.batches.map(batch => batch.messages.length).toSorted((a, b) => a - b),
    [1, 1, 50],
  )
})

test('nothing is kept of what the outbox refused, and the next try is told as the first', async () => {
  const t = testIntake()
  t.control.unavailable = true
  await assert.rejects(t.intake.accept([event()], once), OutboxUnavailable)
  t.control.unavailable = false
  await t.intake.accept([event()], once)
  assert.deepEqual(t.fates, ['told'])
})

test('a summary that cannot be written is written later', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux()
  t.control.unavailable = true
  await t.pass(10 * MINUTE)
  assert.deepEqual(t.warnings, ['episodes that are due cannot be written; trying again'])
  t.control.unavailable = false
  await t.pass(MINUTE)
  assert.equal(t.told().length, 2)
})

test('open episodes and windows outlive a restart', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux()
  const restarted = t.restarted()
  t.clock.now += 10 * MINUTE
  const stop = new AbortController()
  const told = new Promise<void>(resolve => {
    const { append } = t.outbox
    t.outbox.append = async (batch, now) => {
      const appended = await append(batch, now)
      if (batch.messages.length > 0) resolve()
      return appended
    }
  })
  const running = restarted.run(stop.signal)
  await told
  assert.equal(restarted.open(), 1)
  stop.abort()
  await running
  assert.match(t.told().at(-1) ?? '', /×2 \(2, firing\)$/)
})

test('two replicas that find the same window at its end tell it once', async () => {
  const t = testIntake({ relistMs: MINUTE })
  await t.flux()
  await t.flux()
  const before = new Map(t.state)
  await t.pass(10 * MINUTE)
  for (const [key, bytes] of before) t.state.set(key, bytes) // the other one read it before
  const other = t.restarted()
  const stop = new AbortController()
  const appended = new Promise<void>(resolve => {
    const { append } = t.outbox
    t.outbox.append = async (batch, now) => {
      const result = await append(batch, now)
      resolve()
      return result
    }
  })
  const running = other.run(stop.signal)
  await appended
  stop.abort()
  await running
  assert.equal(t.told().length, 2)
})

test('a clock that steps back a day delays no window by a day', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux()
  await t.intake.sweep()
  t.clock.now -= 24 * HOUR
  await t.intake.sweep()
  await t.pass(11 * MINUTE)
  assert.equal(t.told().length, 2)
})

test('a clock that jumps ahead a year tells each episode once', async () => {
  const t = testIntake()
  await t.flux()
  await t.flux()
  t.clock.now += 365 * 24 * HOUR
  await t.intake.sweep()
  await t.intake.sweep()
  assert.deepEqual(t.fates, ['told', 'folded', 'summed up', 'aged out'])
})

test('an episode that cannot be read starts anew and says so', async () => {
  const t = testIntake({ relistMs: MINUTE })
  await t.flux()
  for (const [key] of t.state) t.state.set(key, Buffer.from('{"version":2}'))
  await t.flux()
  assert.deepEqual(t.fates, ['told', 'told'])
  assert.deepEqual(t.warnings, ['the state of an episode cannot be read; it starts anew'])
})

test('the dispatcher is woken for messages that somebody gets, and only for those', async () => {
  const t = testIntake()
  await t.flux()
  assert.equal(t.wakes(), 1)
  await t.flux() // folded
  assert.equal(t.wakes(), 1)
})

test('a group of alerts is accepted as a whole or not, and what was kept of it is no news again', async () => {
  const t = testIntake()
  const events = parseAlertmanager(notification([alert(), alert({ fingerprint: 'b' })]), 'alertmanager', START)
  const { append } = t.outbox
  t.outbox.append = async (batch, now) => {
    if (batch.state[0]?.key.endsWith('/b')) throw new OutboxUnavailable('the disk is full')
    return await append(batch, now)
  }
  await assert.rejects(t.intake.accept(events), OutboxUnavailable)
  t.outbox.append = append
  assert.equal((await t.intake.accept(events)).ids.length, 2)
  assert.deepEqual(t.fates, ['told', 'repeated', 'told'])
})

test('a notification without alerts is accepted and is nothing', async () => {
  const t = testIntake()
  assert.deepEqual(await t.intake.accept([]), { ids: [] })
  assert.equal(t.batches.length, 0)
})

test('10,000 events of one object leave one state, and it does not grow', async () => {
  const t = testIntake()
  const sizes: number[] = []
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(
      Array.from({ length: 2500 }, (_, n) =>
        t.intake.accept([event({ message: `failure ${round}-${n} ${'x'.repeat(500)}` })], {
          key: `${round}/${n}`,
          forMs: HOUR,
        }),
      ),
    )
    sizes.push([...t.state.values()][0]?.byteLength ?? 0)
  }
  assert.equal(t.state.size, 1)
  assert.ok(Math.max(...sizes) < 12_000, `${sizes}`)
})
