import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { launch } from '../testing/launcher.ts'

const root = join(import.meta.dirname, '../..')

async function outbox(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'run-delivery-'))
  t.after(() => rm(folder, { recursive: true }))
  return join(folder, 'outbox.db')
}

test('npm run delivery: it listens on this machine only, is asked through messages, and Ctrl-C ends it well', async t => {
  const token = 's3cr3t-operator-token-0002'
  const env = { PORT: '0', OUTBOX_PATH: await outbox(t), DELIVERY_API_TOKEN: token }
  await using launched = launch(root, ['delivery'], env)
  const [, port = ''] = await launched.says(/"port":(\d+)/)
  assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
  await assert.rejects(fetch(`http://127.0.0.2:${port}/health`))
  await using asked = launch(root, ['messages', 'destinations'], { PORT: port, DELIVERY_API_TOKEN: token })
  assert.deepEqual([await asked.ended, asked.output()], [0, 'NAME  TYPE  STATE  PENDING  DEAD  OLDEST  REASON\n'])
  launched.child.kill('SIGINT')
  assert.equal(await launched.ended, 0)
  assert.match(launched.output(), /"msg":"stopped"/)
})

test('a port that is taken is told in one sentence', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // bound to TCP
  await using launched = launch(root, ['delivery'], { PORT: String(port), OUTBOX_PATH: await outbox(t) })
  assert.equal(await launched.ended, 1)
  assert.match(launched.output(), new RegExp(`^fairlead: PORT: 127.0.0.1:${port} is taken; `))
})

test('a wrong role and a mistake in the file end it with what is wrong', async t => {
  await using role = launch(root, ['delivery', 'reciever'], { PORT: '0' })
  assert.deepEqual([await role.ended, role.output()], [2, 'there is no role "reciever"; did you mean receiver?\n'])
  const file = `${await outbox(t)}.yaml`
  await writeFile(file, 'rule: []\n')
  await using wrong = launch(root, ['delivery'], { PORT: '0', DELIVERY_CONFIG: file })
  assert.equal(await wrong.ended, 1)
  assert.ok(wrong.output().endsWith(`  ${file}:1:1: rule: unknown key; did you mean rules?\n`), wrong.output())
})

test('the test endpoint is served until Ctrl-C', async () => {
  await using launched = launch(root, ['delivery', 'test-endpoint', '--port', '0', '--mode', 'failure'])
  const [, url = ''] = await launched.says(/(http:\S+)/)
  assert.equal((await fetch(url, { method: 'POST', body: 'hello' })).status, 500)
  launched.child.kill('SIGINT')
  assert.equal(await launched.ended, 0)
})
