import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, openFlags } from './testing/flags.ts'

const neverAsked = () => {
  throw new Error('no context is needed')
}

test('without flagd the environment decides, and nothing is counted', t => {
  const { flags, evaluations } = openFlags(t, { ENABLE_TRACING: 'true', ENABLE_METRICS: 'false' })
  assert.equal(flags.isOn('tracing_enabled', neverAsked), true)
  assert.equal(flags.isOn('metrics_enabled', neverAsked), false)
  assert.deepEqual([flags.mayBeOn('tracing_enabled'), flags.mayBeOn('metrics_enabled')], [true, false])
  assert.deepEqual(flags.describe(), {
    tracing_enabled: { value: true, source: 'environment' },
    metrics_enabled: { value: false, source: 'environment' },
  })
  assert.deepEqual(evaluations, [])
})

test('an override wins until it is reset, and only the flag that it names', t => {
  const { flags } = openFlags(t, { ENABLE_TRACING: 'false' })
  flags.overrides.set({ tracing_enabled: true })
  assert.equal(flags.isOn('tracing_enabled', neverAsked), true)
  assert.equal(flags.mayBeOn('tracing_enabled'), true)
  assert.deepEqual(flags.overrides.list(), { tracing_enabled: true })
  assert.deepEqual(flags.describe(), {
    tracing_enabled: { value: true, source: 'override' },
    metrics_enabled: { value: true, source: 'environment' },
  })
  flags.overrides.reset()
  assert.equal(flags.isOn('tracing_enabled', neverAsked), false)
  assert.deepEqual(flags.overrides.list(), {})
})

test('listeners hear of a change, not of a value that stays', t => {
  const { flags } = openFlags(t, { ENABLE_TRACING: 'false' })
  const heard: boolean[] = []
  flags.onChange(() => heard.push(flags.mayBeOn('tracing_enabled')))
  flags.overrides.set({ tracing_enabled: false })
  assert.deepEqual(heard, [])
  flags.overrides.set({ tracing_enabled: true })
  flags.overrides.set({ tracing_enabled: true })
  flags.overrides.reset()
  assert.deepEqual(heard, [true, false])
})

test('a listener that throws stops neither the change nor the next listener', t => {
  const { flags, lines } = openFlags(t, { ENABLE_TRACING: 'false' })
  let heard = 0
  flags.onChange(() => {
    throw new Error('the SDK cannot be loaded')
  })
  flags.onChange(() => heard++)
  flags.overrides.set({ tracing_enabled: true })
  assert.equal(flags.isOn('tracing_enabled', at('/')), true)
  assert.equal(heard, 1)
  assert.equal(lines.at(-1)?.msg, 'a flag has changed, and what follows it failed')
})

test('until flagd has answered once the environment decides, at once', t => {
  const { flags } = openFlags(t, { FLAGD_HOST: '127.0.0.1', FLAGD_PORT: '1', ENABLE_TRACING: 'true' })
  assert.equal(flags.isOn('tracing_enabled', neverAsked), true)
  assert.equal(flags.describe().tracing_enabled.source, 'environment')
})
