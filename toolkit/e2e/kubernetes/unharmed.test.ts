import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kubectl } from '../../cluster/kubectl.ts'
import { assertUnharmed, parseMemory } from './unharmed.ts'

const quantities: [string, number][] = [
  ['128Mi', 134_217_728],
  ['1Gi', 1_073_741_824],
  ['64Ki', 65_536],
  ['1000', 1000],
]
for (const [text, bytes] of quantities)
  test(`${text} of memory are ${bytes} bytes`, () => assert.equal(parseMemory(text), bytes))

for (const text of ['', '128M', '1.5Gi', 'Mi'])
  test(`"${text}" is no limit that is understood`, () =>
    assert.throws(() => parseMemory(text), /expected a number with/))

const chosen = { namespace: 'shop', selector: 'app=shop' }
const now = new Date('2026-11-20T10:00:00Z')

type Seen = { restartCount?: number; reason?: string; log?: string; usedMiB?: number; time?: string }

/** What kubectl says of one pod on one node. */
function clusterWith({
  restartCount = 0,
  reason,
  log = '{"msg":"ok"}',
  usedMiB = 48,
  time = '2026-11-20T10:00:01Z',
}: Seen) {
  const lastState = reason ? { terminated: { exitCode: 137, reason, finishedAt: time } } : {}
  const pod = {
    metadata: { name: 'shop-1', uid: 'u', creationTimestamp: time },
    spec: { nodeName: 'n', containers: [{ name: 'service', resources: { limits: { memory: '128Mi' } } }] },
    status: { containerStatuses: [{ name: 'service', ready: true, restartCount, lastState }] },
  }
  const memory = { time, workingSetBytes: usedMiB * 2 ** 20 }
  const summary = {
    pods: [{ podRef: { name: 'shop-1', namespace: 'shop' }, containers: [{ name: 'service', memory }] }],
  }
  const kubectl = async (...args: string[]) => {
    if (args[0] === 'logs') return log
    return JSON.stringify(args.includes('--raw') ? summary : { items: [pod] })
  }
  return Object.assign(kubectl, { try: () => assert.fail('not asked'), folder: '' }) as Kubectl
}

const { signal } = new AbortController()

test('pods that are well are told with their memory and its limit', async () => {
  const said = await assertUnharmed(clusterWith({}), chosen, now, signal)
  assert.equal(said, 'no restart, no OOM, no EROFS in 1 pods; working set 48 MiB of 128 MiB')
})

const harms: [string, Seen, RegExp][] = [
  [
    'a container that was ended for its memory',
    { restartCount: 1, reason: 'OOMKilled' },
    /restarted 1 times, last: OOMKilled/,
  ],
  ['a container that was restarted', { restartCount: 2 }, /restarted 2 times, last: unknown/],
  ['a write to the root file system', { log: 'ok\n{"code":"EROFS"}' }, /shop-1 has written where it may not: .*EROFS/],
  ['the same in the words of the kernel', { log: 'open: Read-only file system' }, /has written where it may not/],
  ['a limit that is reached', { usedMiB: 128 }, /128 MiB of 128 MiB are used/],
]
for (const [what, seen, said] of harms)
  test(`it notices ${what}`, () => assert.rejects(assertUnharmed(clusterWith(seen), chosen, now, signal), said))

test('figures from before the load count for nothing', async () => {
  const stop = new AbortController()
  const old = clusterWith({ time: '2026-11-20T09:59:59Z' })
  const asked = assertUnharmed(old, chosen, now, stop.signal)
  setImmediate(() => stop.abort(new Error('stopped')))
  await assert.rejects(asked, new Error('stopped'))
})
