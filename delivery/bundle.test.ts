import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { testDatabase } from '../lib/test-database.ts'
import { runProgram } from '../lib/test-process.ts'
import { API_TOKEN, TOKEN } from './testing/delivery.ts'
import { fluxEvent } from './testing/flux-event.ts'
import { startProcess } from './testing/process.ts'
import { answer, startSinkServer } from './testing/sink-server.ts'

/** Outside the checkout, so that nothing of node_modules is in reach. */
const out = mkdtempSync(join(tmpdir(), 'bundle-'))
const [main, cli] = ['main', 'cli'].map(program => join(out, `delivery/${program}.js`)) as [string, string]

before(() => void execFileSync(join(import.meta.dirname, '../fairlead'), ['bundle', '--out', out]))
after(() => rmSync(out, { recursive: true }))

for (const [store, envOf] of [
  ['SQLite', async () => ({})],
  [
    'Postgres',
    async (remove: (hook: () => void | Promise<void>) => void) => ({
      OUTBOX_URL: await testDatabase({ after: remove }, { migrated: false }),
    }),
  ],
] as const) {
  test(`the bundle delivers over ${store}, and its command asks it`, async t => {
    const pushover = await startSinkServer(t)
    pushover.behave(answer(200, '{"status":1}'))
    const env = {
      ...{
        WEBHOOK_TOKEN: TOKEN,
        PUSHOVER_USER_KEY: 's3cr3t-user-key-0003',
        PUSHOVER_API_TOKEN: 's3cr3t-app-token-0003',
      },
      ...{ PUSHOVER_URL: pushover.url, DELIVERY_API_TOKEN: API_TOKEN },
      ...(await envOf(remove => t.after(remove))),
    }
    const delivery = await startProcess(t, env, [main])
    const post = async () => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
      return (await fetch(`${delivery.url}/webhook`, { method: 'POST', headers, body: JSON.stringify(fluxEvent()) }))
        .status
    }
    while ((await post()) === 503) await new Promise(resolve => setTimeout(resolve, 50)) // until the ledger is migrated
    await pushover.receivedAtLeast(1)
    const asked = runProgram(t, [cli, 'destinations', '--url', delivery.url], { DELIVERY_API_TOKEN: API_TOKEN })
    assert.deepEqual(await asked.exited, { code: 0, signal: null })
    assert.match(asked.stdout(), /^pushover +pushover +up /m)
    delivery.child.kill('SIGTERM')
    assert.deepEqual(await delivery.exited, { code: 0, signal: null }, delivery.stderr())
  })
}
