import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Opened } from './outbox/contract/sample.ts'
import { openSqliteOutbox } from './outbox/sqlite.ts'
import { openContract } from './outbox/testing/postgres.ts'
import { createReceiver } from './receiver/app.ts'
import { createSource } from './receiver/source.ts'
import { fluxEvent } from './testing/flux-event.ts'
import { MINUTE, testIntake } from './testing/intake.ts'

type Store = Pick<Opened, 'outbox' | 'reopen'>

const stores: Record<string, { open: (t: TestContext) => Promise<Store>; options: { relistMs?: number } }> = {
  SQLite: { open: openSqlite, options: {} },
  Postgres: { open: openContract, options: { relistMs: MINUTE } },
}

async function openSqlite(t: TestContext): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'intake-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const open = () => openSqliteOutbox({ file: join(folder, 'outbox.db'), now: Date.now, onSetAside: () => {} })
  const outbox = await open()
  t.after(() => outbox.close())
  const reopen = async () => {
    await outbox.close()
    return await open()
  }
  return { outbox, reopen }
}

const token = 's3cr3t-webhook-token'
const sources = [createSource({ name: 'flux', type: 'flux', path: '/webhook', token })]

for (const [name, { open, options }] of Object.entries(stores)) {
  test(`${name}: an error storm, the same bytes, a restart, the count, the recovery`, async t => {
    const { outbox: first, reopen } = await open(t)
    const one = testIntake({ outbox: first, ...options })
    const post = async (intake: typeof one.intake, fields: Record<string, unknown>) => {
      const silent = { warn: () => {}, error: () => {} }
      const app = createReceiver({ sources: () => sources, intake, now: () => one.clock.now, log: silent })
      const answer = await app.request('/webhook', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(fluxEvent({ timestamp: new Date(one.clock.now).toISOString(), ...fields })),
      })
      assert.equal(answer.status, 202)
      return ((await answer.json()) as { id: string }).id
    }
    const messages = Array.from({ length: 22 }, (_, n) => ({ message: `install failed after ${n}s` }))
    const ids = await Promise.all(messages.map(fields => post(one.intake, fields)))
    assert.equal(new Set(ids).size, 22)
    assert.equal(await post(one.intake, messages[5] ?? {}), ids[5], 'the same bytes again')

    const second = await reopen()
    t.after(() => second.close())
    const two = testIntake({ outbox: second, ...options })
    two.clock.now = one.clock.now + 10 * MINUTE
    const stop = new AbortController()
    t.after(() => stop.abort())
    const running = two.intake.run(stop.signal)
    const told = async () => (await second.list({ destination: 'phone' })).map(({ message }) => message)
    while ((await told()).length < 2) await new Promise(setImmediate)
    one.clock.now += 11 * MINUTE
    two.clock.now = one.clock.now
    await post(two.intake, { severity: 'info', reason: 'ReconciliationSucceeded', message: 'finished in 1s' })
    stop.abort()
    await running

    const titles = (await told())
      .toSorted((a, b) => a.sequence - b.sequence)
      .map(message => [message.title, message.count, message.state])
    assert.deepEqual(titles, [
      ['Kustomization flux-system/apps: HealthCheckFailed', 1, 'firing'],
      ['Kustomization flux-system/apps: HealthCheckFailed ×22', 22, 'firing'],
      ['Kustomization flux-system/apps: ReconciliationSucceeded', 22, 'resolved'],
    ])
    const folded = await second.find(ids[7] ?? '')
    assert.match(folded?.decisions.at(-1)?.because ?? '', /^folded into /)
    assert.deepEqual(folded?.deliveries, [])
  })
}
