import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { at, flag, flagFile, openFlags } from '../testing/flags.ts'

const off = flagFile({ tracing_enabled: flag('off'), metrics_enabled: flag('on') })
const on = flagFile({ tracing_enabled: flag('on'), metrics_enabled: flag('off') })

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'flags-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

function fromFile(t: TestContext, path: string, env: Record<string, string> = {}) {
  const opened = openFlags(t, { FLAGD_OFFLINE_FLAG_SOURCE_PATH: path, ...env })
  const isOn = (name: 'tracing_enabled' | 'metrics_enabled') => opened.flags.isOn(name, at('/'))
  const areLoaded = async () => {
    await opened.until('the file is read', () => opened.flags.describe().tracing_enabled.source === 'flagd')
    await stat(path) // queued behind the watcher's first look, which must not already see the edit
  }
  return { ...opened, isOn, areLoaded }
}

// At once, because the provider looks at a file every five seconds only.
suite('flags of a file', { concurrency: true }, () => {
  test('both flags switch by a write in place', async t => {
    const path = join(folder(t), 'flags.json')
    writeFileSync(path, off)
    const { isOn, areLoaded, until } = fromFile(t, path, { ENABLE_TRACING: 'true', ENABLE_METRICS: 'false' })
    await areLoaded()
    assert.deepEqual([isOn('tracing_enabled'), isOn('metrics_enabled')], [false, true])
    writeFileSync(path, on)
    await until('both are switched', () => isOn('tracing_enabled') === true && isOn('metrics_enabled') === false)
  })

  test('a file renamed over it is read', async t => {
    const path = join(folder(t), 'flags.json')
    writeFileSync(path, off)
    const { isOn, areLoaded, until } = fromFile(t, path)
    await areLoaded()
    writeFileSync(`${path}.new`, on)
    renameSync(`${path}.new`, path)
    await until('the new file is read', () => isOn('tracing_enabled') === true)
  })

  test('a ConfigMap that is updated (its ..data link swapped) is read', async t => {
    const mount = folder(t)
    for (const [version, text] of Object.entries({ v1: off, v2: on })) {
      const data = mkdtempSync(join(mount, `..${version}-`))
      writeFileSync(join(data, 'flags.json'), text)
      symlinkSync(data, join(mount, `..data-${version}`))
    }
    renameSync(join(mount, '..data-v1'), join(mount, '..data'))
    symlinkSync(join('..data', 'flags.json'), join(mount, 'flags.json'))
    const { isOn, areLoaded, until } = fromFile(t, join(mount, 'flags.json'))
    await areLoaded()
    renameSync(join(mount, '..data-v2'), join(mount, '..data'))
    await until('the new data are read', () => isOn('tracing_enabled') === true)
  })

  const spoil: Record<string, { said: RegExp; act: (path: string) => void }> = {
    broken: { said: /invalid flagd flag configuration/, act: path => writeFileSync(path, '{ "flags": ') },
    deleted: { said: /ENOENT/, act: path => rmSync(path) },
  }
  for (const [what, { said, act }] of Object.entries(spoil)) {
    test(`a file that gets ${what} is logged and keeps the last values, and the next good file counts`, async t => {
      const path = join(folder(t), 'flags.json')
      writeFileSync(path, on)
      const { isOn, areLoaded, until, lines } = fromFile(t, path)
      await areLoaded()
      act(path)
      await until('it is logged', () => lines.some(line => line.level === 'warn' && said.test(String(line.said))))
      assert.deepEqual([isOn('tracing_enabled'), isOn('metrics_enabled')], [true, false])
      writeFileSync(path, off)
      await until('the good file is read', () => isOn('tracing_enabled') === false)
    })
  }

  for (const [what, text] of Object.entries({ missing: undefined, broken: '{' })) {
    test(`a file that is ${what} at the start leaves the environment's values until it is good`, async t => {
      const path = join(folder(t), 'flags.json')
      if (text !== undefined) writeFileSync(path, text)
      const { isOn, until, lines } = fromFile(t, path, { ENABLE_METRICS: 'true' })
      assert.deepEqual([isOn('tracing_enabled'), isOn('metrics_enabled')], [false, true])
      await until('it is logged', () =>
        lines.some(line => line.msg === 'flagd does not answer; flags stay as they are'),
      )
      writeFileSync(path, on)
      await until('the file is read', () => isOn('tracing_enabled') === true && isOn('metrics_enabled') === false)
      // It is watched from then on, too.
      await stat(path)
      writeFileSync(path, off)
      await until('the edit is read', () => isOn('tracing_enabled') === false)
    })
  }

  test('a missing, a mistyped and a disabled flag are the environment’s, the first two counted', async t => {
    const path = join(folder(t), 'flags.json')
    writeFileSync(path, flagFile({ metrics_enabled: flag('word') }))
    const { isOn, flags, until, evaluations } = fromFile(t, path, { ENABLE_TRACING: 'true', ENABLE_METRICS: 'false' })
    await until('both are evaluated', () => evaluations.length === 2)
    assert.deepEqual(evaluations, [
      { flag: 'tracing_enabled', reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' },
      { flag: 'metrics_enabled', reason: 'ERROR', errorCode: 'TYPE_MISMATCH' },
    ])
    assert.deepEqual([isOn('tracing_enabled'), isOn('metrics_enabled')], [true, false])
    assert.equal(flags.describe().tracing_enabled.source, 'environment')
    await stat(path)
    writeFileSync(
      path,
      flagFile({ tracing_enabled: { ...flag('off'), state: 'DISABLED' }, metrics_enabled: flag('on') }),
    )
    await until('the edit is read', () => isOn('metrics_enabled') === true)
    assert.deepEqual(evaluations.slice(2), [
      { flag: 'tracing_enabled', reason: 'DISABLED' },
      { flag: 'metrics_enabled', reason: 'STATIC' },
    ])
    assert.equal(isOn('tracing_enabled'), true)
  })

  test('the flag file of the repository has tracing off and metrics on, without errors', async t => {
    const path = fileURLToPath(new URL('../../flags/flags.json', import.meta.url))
    const { isOn, areLoaded, evaluations } = fromFile(t, path, { ENABLE_TRACING: 'true', ENABLE_METRICS: 'false' })
    await areLoaded()
    assert.deepEqual([isOn('tracing_enabled'), isOn('metrics_enabled')], [false, true])
    assert.ok(evaluations.every(({ errorCode }) => errorCode === undefined))
  })

  test('targeting is evaluated per request, by route, by key and in shares', async t => {
    const path = join(folder(t), 'flags.json')
    const byRoute = { if: [{ in: [{ var: 'route' }, ['/orders', '/users/:id/orders']] }, 'on', null] }
    const byShare = { fractional: [{ var: 'targetingKey' }, ['on', 50], ['off', 50]] }
    writeFileSync(path, flagFile({ tracing_enabled: flag('off', byRoute), metrics_enabled: flag('off', byShare) }))
    const { flags, until } = fromFile(t, path)
    await until('the file is read', () => flags.describe().tracing_enabled.value === 'per request')
    assert.deepEqual([flags.mayBeOn('tracing_enabled'), flags.mayBeOn('metrics_enabled')], [true, true])
    assert.deepEqual(
      await Promise.all(['/orders', '/', '/users/:id/orders'].map(route => flags.isOn('tracing_enabled', at(route)))),
      [true, false, true],
    )
    const keys = Array.from({ length: 200 }, (_, i) => `user-${i}`)
    const ask = () => Promise.all(keys.map(key => flags.isOn('metrics_enabled', at('/', key))))
    const share = await ask()
    const count = share.filter(Boolean).length
    assert.ok(count > 60 && count < 140, `about half of 200, got ${count}`)
    assert.deepEqual(await ask(), share)
    // An override needs no evaluation.
    flags.overrides.set({ tracing_enabled: false })
    assert.equal(flags.isOn('tracing_enabled', at('/orders')), false)
  })
})
