import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { Flagd, type RpcAnswer, type RpcContext } from '../testing/flagd.ts'
import { at, openFlags } from '../testing/flags.ts'

const fixed = (value: boolean): RpcAnswer => ({ value, variant: value ? 'on' : 'off', reason: 'STATIC' })
const byRoute = ({ route }: RpcContext): RpcAnswer =>
  route === '/orders'
    ? { value: true, variant: 'on', reason: 'TARGETING_MATCH' }
    : { value: false, variant: 'off', reason: 'DEFAULT' }

// The provider's own variables: a loss counts after one second instead of ten, and one second is the longest pause between tries.
process.env.FLAGD_RETRY_GRACE_PERIOD = '1'
process.env.FLAGD_RETRY_BACKOFF_MAX_MS = '1000'

async function startFlagd(t: TestContext, answer: Flagd['answer']): Promise<Flagd> {
  const flagd = new Flagd()
  flagd.answer = answer
  t.after(() => flagd.stop())
  return flagd.start()
}

function rpc(t: TestContext, port: number, env: Record<string, string> = {}, deadlineMs?: number) {
  // A sync port beside it must not be taken for the port of rpc.
  const opened = openFlags(
    t,
    { FLAGD_HOST: '127.0.0.1', FLAGD_PORT: String(port), FLAGD_SYNC_PORT: '1', ...env },
    deadlineMs,
  )
  const { flags } = opened
  const isAway = () => opened.lines.some(line => line.msg === 'flagd does not answer; flags stay as they are')
  return { ...opened, isAway, isFromFlagd: () => flags.describe().tracing_enabled.source === 'flagd' }
}

test('a fixed flag is asked for once, and again when flagd reports a change', async t => {
  const flagd = await startFlagd(t, () => fixed(false))
  const { flags, isFromFlagd, until, evaluations } = rpc(t, flagd.port)
  await until('flags arrive', isFromFlagd)
  for (let i = 0; i < 100; i++) assert.equal(flags.isOn('tracing_enabled', at('/')), false)
  assert.deepEqual(flagd.asked.map(({ flag }) => flag).sort(), ['metrics_enabled', 'tracing_enabled'])
  flagd.answer = flag => fixed(flag === 'tracing_enabled')
  flagd.push('tracing_enabled')
  await until('it is switched', () => flags.isOn('tracing_enabled', at('/')) === true)
  assert.deepEqual(new Set(evaluations.map(({ reason }) => reason)), new Set(['STATIC']))
})

test('a targeted flag is asked for with the context of each request', async t => {
  const flagd = await startFlagd(t, (flag, context) => (flag === 'tracing_enabled' ? byRoute(context) : fixed(true)))
  const { flags, isFromFlagd, until, evaluations } = rpc(t, flagd.port)
  await until('flags arrive', isFromFlagd)
  assert.equal(await flags.isOn('tracing_enabled', at('/orders', 'request-1')), true)
  assert.equal(await flags.isOn('tracing_enabled', at('/', 'request-2')), false)
  assert.deepEqual(flagd.asked.slice(-2), [
    { flag: 'tracing_enabled', context: { targetingKey: 'request-1', route: '/orders', environment: 'local' } },
    { flag: 'tracing_enabled', context: { targetingKey: 'request-2', route: '/', environment: 'local' } },
  ])
  assert.deepEqual(evaluations.slice(-2), [
    { flag: 'tracing_enabled', reason: 'TARGETING_MATCH' },
    { flag: 'tracing_enabled', reason: 'DEFAULT' },
  ])
})

test('errors of flagd about the flag give the environment’s value, and are counted', async t => {
  const errors: Record<string, RpcAnswer> = {
    tracing_enabled: { code: status.NOT_FOUND, details: 'Flag not found' },
    metrics_enabled: { code: status.INVALID_ARGUMENT, details: 'Type mismatch' },
  }
  const flagd = await startFlagd(t, flag => errors[flag] ?? fixed(false))
  const { flags, until, evaluations } = rpc(t, flagd.port, { ENABLE_TRACING: 'true', ENABLE_METRICS: 'true' })
  await until('both are evaluated', () => evaluations.length === 2)
  assert.deepEqual(evaluations, [
    { flag: 'tracing_enabled', reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' },
    { flag: 'metrics_enabled', reason: 'ERROR', errorCode: 'TYPE_MISMATCH' },
  ])
  assert.equal(flags.isOn('tracing_enabled', at('/')), true)
  assert.equal(flags.isOn('metrics_enabled', at('/')), true)
})

test('a lost flagd keeps the last values: fixed as they were, targeted as without a request', async t => {
  const flagd = await startFlagd(t, (flag, context) => (flag === 'tracing_enabled' ? byRoute(context) : fixed(false)))
  const { flags, isFromFlagd, isAway, until, evaluations } = rpc(t, flagd.port, { ENABLE_TRACING: 'true' }, 250)
  await until('flags arrive', isFromFlagd)
  flagd.stop()
  // At once: the connection breaks before the provider has reported that it is lost.
  assert.equal(await flags.isOn('tracing_enabled', at('/orders')), false)
  // Which one depends on whether the channel has noticed; never FLAG_NOT_FOUND, which would mean the environment's value.
  assert.ok(['GENERAL', 'TIMEOUT'].includes(evaluations.at(-1)?.errorCode ?? ''), JSON.stringify(evaluations))
  await until('the loss is noticed', isAway)
  assert.equal(flags.isOn('metrics_enabled', at('/')), false)
  assert.equal(await flags.isOn('tracing_enabled', at('/orders')), false)
  flagd.answer = () => fixed(true)
  await flagd.start()
  await until('the new flags arrive', () => flags.isOn('metrics_enabled', at('/')) === true)
  assert.equal(flags.isOn('tracing_enabled', at('/')), true)
})

test('a flagd that comes late is found', async t => {
  const flagd = await startFlagd(t, () => fixed(true))
  flagd.stop()
  const { flags, isAway, until } = rpc(t, flagd.port)
  await until('it is logged', isAway)
  assert.equal(flags.isOn('tracing_enabled', at('/')), false)
  await flagd.start()
  await until('flags arrive', () => flags.isOn('tracing_enabled', at('/')) === true)
})

test('a flagd that hangs holds one request for a moment, the next ones not at all', async t => {
  const flagd = await startFlagd(t, (flag, context) => (flag === 'tracing_enabled' ? byRoute(context) : fixed(true)))
  const { flags, isFromFlagd, until, evaluations } = rpc(t, flagd.port, {}, 250)
  await until('flags arrive', isFromFlagd)
  flagd.answer = () => new Promise(() => {})
  const asked = flagd.asked.length
  assert.equal(await flags.isOn('tracing_enabled', at('/orders')), false)
  assert.equal(await flags.isOn('tracing_enabled', at('/orders')), false)
  assert.equal(flagd.asked.length, asked + 1)
  assert.deepEqual(evaluations.slice(-2), [
    { flag: 'tracing_enabled', reason: 'ERROR', errorCode: 'TIMEOUT' },
    { flag: 'tracing_enabled', reason: 'STALE' },
  ])
})

test('a refresh that flagd did not answer is made up for', async t => {
  const flagd = await startFlagd(t, () => fixed(false))
  const { flags, isFromFlagd, until, evaluations } = rpc(t, flagd.port, {}, 250)
  await until('flags arrive', isFromFlagd)
  flagd.answer = () => new Promise(() => {})
  flagd.push('tracing_enabled')
  await until('the refresh has failed', () => evaluations.some(({ errorCode }) => errorCode === 'TIMEOUT'))
  assert.equal(flags.isOn('tracing_enabled', at('/')), false)
  flagd.answer = () => fixed(true)
  await until('it is made up for', () => flags.isOn('tracing_enabled', at('/')) === true)
})

test('a provider that cannot be built leaves the environment’s values, and is logged', async t => {
  process.env.FLAGD_TLS = 'true'
  process.env.FLAGD_SERVER_CERT_PATH = import.meta.dirname // a folder cannot be read
  t.after(() => {
    delete process.env.FLAGD_TLS
    delete process.env.FLAGD_SERVER_CERT_PATH
  })
  const { flags, until, lines } = rpc(t, 1, { ENABLE_TRACING: 'true' })
  await until('it is logged', () => lines.some(line => line.msg === 'flags of flagd cannot be used'))
  assert.equal(flags.isOn('tracing_enabled', at('/')), true)
})
