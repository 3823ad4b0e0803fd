import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createUsedCheckout } from './testing/checkout.ts'
import { type Launcher, launch, nobodyLeft } from './testing/launcher.ts'

const answer = "export const answer = 'one'\n"
const service = `
import { createServer } from 'node:http'
import { answer } from './answer.ts'
createServer((request, response) => response.end(answer)).listen(Number(process.env.PORT), process.env.HOST)
process.on('SIGTERM', () => { console.log('stopped, ' + answer); process.exit(0) })
console.log('listening, ' + answer)
`

async function startDev(checkout: string): Promise<Launcher> {
  const launched = launch(checkout, ['dev'], { PORT: '0' })
  await launched.says(/^stop: /m)
  return launched
}

test('an edit starts the service again, on the same database, and a signal stops all of it', async () => {
  await using checkout = await createUsedCheckout({ 'service/main.ts': service, 'service/answer.ts': answer })
  await using launched = await startDev(checkout.path)
  const database = await readFile(join(checkout.path, '.local/postgres/postmaster.pid'), 'utf8')
  await writeFile(join(checkout.path, 'service/answer.ts'), answer.replace('one', 'two'))
  await launched.says(/^listening, two$/m)
  assert.equal(await readFile(join(checkout.path, '.local/postgres/postmaster.pid'), 'utf8'), database)
  launched.child.kill('SIGINT')
  assert.equal(await launched.ended, 0)
  assert.match(launched.output(), /^stopped, two$/m)
  await nobodyLeft(checkout.path)
})

test('a killed launcher takes everything with it', async () => {
  await using checkout = await createUsedCheckout({ 'service/main.ts': service, 'service/answer.ts': answer })
  await using launched = await startDev(checkout.path)
  launched.child.kill('SIGKILL')
  await launched.ended
  await nobodyLeft(checkout.path)
})
