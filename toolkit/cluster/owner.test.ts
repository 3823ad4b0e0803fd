import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimCluster, waitForCluster } from './owner.ts'

const name = (part: string) => `cluster-owner-test-${part}-${process.pid}`
const quiet = { print: () => assert.fail('nobody is waited for'), signal: new AbortController().signal }

test('who comes second is told who has the cluster and with what, and has it afterwards', async () => {
  const first = await waitForCluster('./fairlead e2e chart', quiet, name('wait'))
  const said = Promise.withResolvers<string>()
  const second = waitForCluster('./fairlead e2e delivery', { ...quiet, print: said.resolve }, name('wait'))
  const holder = `process ${process.pid} uses the cluster (./fairlead e2e chart)`
  assert.equal(await said.promise, `${holder}; waiting for its end`)
  first[Symbol.dispose]()
  using _ = await second
  await assert.rejects(claimCluster('./fairlead cluster down', name('wait')), /uses the cluster \(.*e2e delivery\)/)
})

test('what would end the work of somebody else is refused with a sentence', async () => {
  using _ = await waitForCluster('./fairlead e2e chart', quiet, name('claim'))
  const holder = `process ${process.pid} uses the cluster (./fairlead e2e chart)`
  await assert.rejects(
    claimCluster('./fairlead cluster down', name('claim')),
    new Error(`${holder}; wait for its end, or stop it: kill ${process.pid}`),
  )
})

test('a stop ends the waiting', async () => {
  using _ = await claimCluster('./fairlead cluster up', name('stop'))
  const stop = new AbortController()
  const waiting = waitForCluster(
    './fairlead e2e chart',
    { print: () => stop.abort(), signal: stop.signal },
    name('stop'),
  )
  await assert.rejects(waiting, { name: 'AbortError' })
})
