import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Flagd } from '../testing/flagd.ts'
import { flag, flagFile } from '../testing/flags.ts'
import { runProcess } from '../testing/process.ts'

/** A program that opens flags, closes them as soon as `when` says, and does not call exit: anything left keeps it alive. */
const program = `
  import { createFlags } from ${JSON.stringify(new URL('../flags.ts', import.meta.url).href)}
  import { loadConfig } from ${JSON.stringify(new URL('../config.ts', import.meta.url).href)}
  import { pino } from ${JSON.stringify(import.meta.resolve('pino'))}
  const log = pino({ hooks: { logMethod(args, method) { method.apply(this, args); if (args[1]?.startsWith('flagd ')) close() } } })
  const config = loadConfig(process.env)
  const flags = createFlags({ config, log, onEvaluation: () => {} })
  flags.onChange(() => close())
  let closed = false
  async function close() {
    if (closed) return
    closed = true
    await flags.close()
    console.log(JSON.stringify({ msg: 'closed', tracing: flags.mayBeOn('tracing_enabled') }))
  }
  if (process.env.CLOSE === 'at once') await close()
`

async function runAndEnd(t: TestContext, env: Record<string, string>) {
  const { lines, stderr, exited } = runProcess(t, env, ['--input-type=module', '--eval', program])
  const deadline = setTimeout(() => assert.fail('the process did not end'), 30_000)
  const { code } = await exited
  clearTimeout(deadline)
  assert.equal(stderr(), '')
  assert.equal(code, 0)
  return lines.filter(line => line.msg === 'closed')
}

const modes = { rpc: 'FLAGD_PORT', 'in-process': 'FLAGD_SYNC_PORT' }
for (const [resolver, port] of Object.entries(modes)) {
  test(`${resolver}: the process ends after a close, connected`, async t => {
    const flagd = await new Flagd().start()
    t.after(() => flagd.stop())
    flagd.answer = () => ({ value: true, variant: 'on', reason: 'STATIC' })
    flagd.flags = { flags: { tracing_enabled: flag('on'), metrics_enabled: flag('on') } }
    const env = { FLAGD_RESOLVER: resolver, FLAGD_HOST: '127.0.0.1', [port]: String(flagd.port) }
    assert.deepEqual(await runAndEnd(t, env), [{ msg: 'closed', tracing: true }])
  })

  for (const when of ['at once', 'when it is known to be away']) {
    test(`${resolver}: the process ends after a close ${when}, without a flagd`, async t => {
      const env = { FLAGD_RESOLVER: resolver, FLAGD_HOST: '127.0.0.1', [port]: '1', CLOSE: when }
      assert.deepEqual(await runAndEnd(t, env), [{ msg: 'closed', tracing: false }])
    })
  }
}

for (const when of ['at once', 'when the file is known']) {
  for (const exists of [true, false]) {
    test(`file: the process ends after a close ${when}, with the file ${exists ? 'there' : 'missing'}`, async t => {
      const folder = mkdtempSync(join(tmpdir(), 'flags-'))
      t.after(() => rmSync(folder, { recursive: true }))
      const path = join(folder, 'flags.json')
      if (exists) writeFileSync(path, flagFile({ tracing_enabled: flag('on') }))
      const closed = await runAndEnd(t, { FLAGD_OFFLINE_FLAG_SOURCE_PATH: path, CLOSE: when })
      assert.deepEqual(closed, [{ msg: 'closed', tracing: exists && when !== 'at once' }])
    })
  }
}
