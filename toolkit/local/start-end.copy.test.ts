import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createCheckout, createUsedCheckout } from '../testing/checkout.ts'
import { environmentOf, launch, nobodyLeft, ready, stop } from '../testing/launcher.ts'

const PORT = '0'

test('a first start that was killed half-way leaves nothing that the next one minds', async () => {
  await using checkout = await createCheckout()
  await using killed = launch(checkout.path, ['start'], { PORT })
  const local = join(checkout.path, '.local')
  const entries = () => readdir(local).catch(() => [])
  while (!(await entries()).some(entry => entry.startsWith('postgres.new-'))) await new Promise(setImmediate)
  await stop(killed, 'SIGKILL')
  await using launched = launch(checkout.path, ['start'], { PORT })
  await launched.says(ready)
  assert.equal(await stop(launched), 0)
  assert.deepEqual((await readdir(local)).sort(), ['postgres', 'postgres.log'])
})

test('a killed launcher takes the service and the database with it', async () => {
  await using checkout = await createUsedCheckout()
  await using launched = launch(checkout.path, ['start'], { PORT })
  await launched.says(ready)
  await stop(launched, 'SIGKILL')
  await nobodyLeft(checkout.path)
  await using again = launch(checkout.path, ['start'], { PORT })
  await again.says(ready)
  assert.equal(await stop(again), 0)
})

test('when the service ends, the database is stopped, and the code is the service’s', async () => {
  await using checkout = await createUsedCheckout({ 'service/main.ts': 'setTimeout(() => process.exit(7), 100)' })
  await using launched = launch(checkout.path, ['start'], { PORT })
  assert.equal(await launched.ended, 7)
  await nobodyLeft(checkout.path)
})

test('when the database ends, that is said, and the service stays', async () => {
  await using checkout = await createUsedCheckout()
  await using launched = launch(checkout.path, ['start'], { PORT })
  await launched.says(ready)
  const pid = Number.parseInt(await readFile(join(checkout.path, '.local/postgres/postmaster.pid'), 'utf8'), 10)
  process.kill(pid, 'SIGINT')
  await launched.says(/^database: ended, and not by us; the service goes on without it/m)
  assert.equal((await environmentOf(launched)).HOST, '127.0.0.1')
  assert.equal(await stop(launched), 0)
})

test('several signals at once are one; a later one ends everything', async () => {
  await using checkout = await createUsedCheckout()
  await using launched = launch(checkout.path, ['start'], { PORT, STUBBORN: '1' })
  await launched.says(ready)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) launched.child.kill(signal)
  await launched.says(/service got SIGTERM, signal 1/)
  const later = setInterval(() => launched.child.kill('SIGINT'), 200) // the first of these after a second counts
  assert.equal(await launched.ended, 137)
  clearInterval(later)
  assert.ok(!launched.output().includes('signal 2'), launched.output())
  await nobodyLeft(checkout.path)
})
