import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { Flagd } from '../testing/flagd.ts'
import { at, flag, keepLog, openFlags } from '../testing/flags.ts'
import { openFlagd } from './flagd.ts'

const off = { flags: { tracing_enabled: flag('off'), metrics_enabled: flag('on') } }
const on = { flags: { tracing_enabled: flag('on'), metrics_enabled: flag('off') } }

// The provider's own variables: a loss counts after one second instead of ten, and one second is the longest pause between tries.
process.env.FLAGD_RETRY_GRACE_PERIOD = '1'
process.env.FLAGD_RETRY_BACKOFF_MAX_MS = '1000'

async function startFlagd(t: TestContext, flags: unknown): Promise<Flagd> {
  const flagd = new Flagd()
  flagd.flags = flags
  t.after(() => flagd.stop())
  return flagd.start()
}

function inProcess(t: TestContext, port: number, env: Record<string, string> = {}) {
  const opened = openFlags(t, {
    FLAGD_RESOLVER: 'in-process',
    FLAGD_HOST: '127.0.0.1',
    FLAGD_SYNC_PORT: String(port),
    ...env,
  })
  const isOn = (name: 'tracing_enabled' | 'metrics_enabled') => opened.flags.isOn(name, at('/'))
  const isFromFlagd = () => opened.flags.describe().tracing_enabled.source === 'flagd'
  return { ...opened, isOn, isFromFlagd }
}

test('a push switches both flags, and listeners hear of it', async t => {
  const flagd = await startFlagd(t, off)
  const { flags, isOn, isFromFlagd, until } = inProcess(t, flagd.port)
  await until('flags arrive', isFromFlagd)
  const heard: boolean[] = []
  flags.onChange(() => heard.push(flags.mayBeOn('tracing_enabled')))
  flagd.flags = on
  flagd.push()
  await until('both are switched', () => isOn('tracing_enabled') === true && isOn('metrics_enabled') === false)
  assert.deepEqual(heard, [true])
  flagd.flags = off
  flagd.push()
  await until('both are back', () => isOn('tracing_enabled') === false && isOn('metrics_enabled') === true)
})

test('a push that is not JSON keeps the last values', async t => {
  const flagd = await startFlagd(t, on)
  const { isOn, isFromFlagd, until } = inProcess(t, flagd.port)
  await until('flags arrive', isFromFlagd)
  flagd.flags = '{ "flags": '
  flagd.push()
  flagd.flags = { flags: { tracing_enabled: flag('on'), metrics_enabled: flag('on') } }
  flagd.push()
  // Both flags of the good push that follows: the broken one in between has not taken the stream with it.
  await until('the good push arrives', () => isOn('metrics_enabled') === true)
  assert.equal(isOn('tracing_enabled'), true)
})

test('a flagd that comes late is found', async t => {
  const flagd = await startFlagd(t, on)
  flagd.stop()
  const { isOn, until, lines } = inProcess(t, flagd.port, { ENABLE_METRICS: 'true' })
  await until('it is logged', () => lines.some(line => line.msg === 'flagd does not answer; flags stay as they are'))
  assert.deepEqual([isOn('tracing_enabled'), isOn('metrics_enabled')], [false, true])
  await flagd.start()
  await until('flags arrive', () => isOn('tracing_enabled') === true)
  assert.ok(lines.some(line => line.msg === 'flagd answers again'))
})

test('a lost flagd keeps the last values, targeting included, and its return brings the new ones', async t => {
  const byRoute = { if: [{ '==': [{ var: 'route' }, '/orders'] }, 'on', 'off'] }
  const flagd = await startFlagd(t, { flags: { tracing_enabled: flag('off', byRoute), metrics_enabled: flag('off') } })
  const { flags, isOn, isFromFlagd, until, lines } = inProcess(t, flagd.port, { ENABLE_METRICS: 'true' })
  await until('flags arrive', isFromFlagd)
  flagd.stop()
  await until('the loss is noticed', () =>
    lines.some(line => line.msg === 'flagd does not answer; flags stay as they are'),
  )
  assert.equal(isOn('metrics_enabled'), false)
  assert.equal(await flags.isOn('tracing_enabled', at('/orders')), true)
  assert.equal(await flags.isOn('tracing_enabled', at('/')), false)
  flagd.flags = off
  await flagd.start()
  await until('the new flags arrive', () => isOn('metrics_enabled') === true && isOn('tracing_enabled') === false)
})

test('a stream that ended without an error is replaced after a silence, and values stay meanwhile', async t => {
  const flagd = await startFlagd(t, on)
  const changes = new EventEmitter()
  const { log } = keepLog()
  const settings = { resolverType: 'in-process', host: '127.0.0.1', port: flagd.port } as const
  const client = openFlagd(settings, { log, onChange: () => changes.emit('change'), silenceMs: 1000 })
  t.after(() => client.close())
  const isOn = async () => (await client.evaluate('tracing_enabled', false, at('/')())).value
  await once(changes, 'change', { signal: AbortSignal.timeout(30_000) })
  assert.equal(await isOn(), true)
  flagd.flags = off
  flagd.endStreams()
  assert.equal(await isOn(), true)
  await once(changes, 'change', { signal: AbortSignal.timeout(30_000) })
  assert.equal(await isOn(), false)
})
